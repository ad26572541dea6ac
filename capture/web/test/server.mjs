// Serves the built page as the daemon does, with the same policy. The daemon
// itself is played inside the page, by daemon.js.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "..", "dist");

const kinds = {
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
	".jpg": "image/jpeg",
};

/** The status of each challenge that cannot be opened. */
const refused = { fc_unknown: 404, fc_used: 409, fc_expired: 410, fc_token: 401, fc_broken: 500 };

/** serve listens on a free port. configs holds the config of challenges that differ from the usual one. */
export async function serve({ port = 0, configs = {}, photo, played = false } = {}) {
	const server = createServer(async (request, response) => {
		const url = new URL(request.url, "http://localhost");
		const answer = (status, kind, body, headers = {}) => {
			response.writeHead(status, { "Content-Type": kind, "Cache-Control": "no-store", ...headers });
			response.end(body);
		};
		const file = async (path, headers) => answer(200, kinds[extname(path)], await readFile(path), headers);
		try {
			const [, top, id, rest] = url.pathname.split("/");
			if (top === "test") return await file(join(here, normalize("/" + id)), id === "host.html" ? policy() : {});
			if (url.pathname === "/photo.jpg" && photo) return await file(photo);
			if (top !== "capture") return answer(404, "text/plain", "not found");
			if (id === "assets") return await file(join(dist, normalize("/" + rest)));
			if (rest !== "config") {
				const page = await readFile(join(dist, "capture.html"), "utf8");
				// In a browser of one's own the double of the daemon is loaded by the page.
				const scripts = '<script src="/test/daemon.js"></script><script src="/test/camera.js"></script>';
				const text = played ? page.replace("<head>", `<head>${scripts}`) : page;
				return answer(200, kinds[".html"], text, policy(configs[id]?.framedBy ?? configs[id]?.origins));
			}
			if (refused[id]) return answer(refused[id], "application/problem+json", "{}");
			const config = {
				whipUrl: `/whip/${id}`,
				expiresAt: new Date(Date.now() + 90_000).toISOString(),
				...configs[id],
			};
			return answer(200, "application/json", JSON.stringify(config));
		} catch {
			answer(404, "text/plain", "not found");
		}
	});
	await new Promise((done) => server.listen(port, "127.0.0.1", done));
	return {
		origin: `http://localhost:${server.address().port}`,
		other: `http://127.0.0.1:${server.address().port}`,
		configs,
		close: () => new Promise((done) => server.close(done)),
	};
}

export function policy(origins) {
	return {
		"Content-Security-Policy": `default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${origins?.join(" ") ?? "'none'"}`,
		"Permissions-Policy": "camera=(self), fullscreen=(self), screen-wake-lock=(self), microphone=()",
		"Referrer-Policy": "no-referrer",
		"X-Content-Type-Options": "nosniff",
	};
}
