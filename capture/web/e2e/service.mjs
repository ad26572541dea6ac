// The operator's back end, as far as the tests need one.
//
//	ROSTOD_URL        the daemon, "http://localhost:8080"
//	ROSTOD_API_KEY    a key with customers:write, verifications:view and scores:view
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const base = process.env.ROSTOD_URL;
const key = process.env.ROSTOD_API_KEY;

/** call asks the daemon. It answers status and body, whatever the status. */
export async function call(method, path, body) {
	const response = await fetch(new URL(path, base), {
		method,
		headers: { Authorization: `Bearer ${key}`, ...(body ? { "Content-Type": "application/json" } : {}) },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const text = await response.text();
	let said = {};
	try {
		said = JSON.parse(text);
	} catch {
		said = { text };
	}
	return { status: response.status, body: said };
}

/** must is call, and fails unless the status is the one. */
export async function must(status, method, path, body) {
	const answer = await call(method, path, body);
	if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
	return answer.body;
}

export const challenge = async (customerId, more) =>
	(await must(201, "POST", "/api/identity/face/flash-challenge", { customerId, locale: "en", ...more })).flashChallenge;

export const judged = async (id) => (await must(200, "GET", `/api/identity/face/flash-challenge/${id}`)).flashChallenge;

export const stepUp = (customerId, bundle) =>
	must(200, "POST", "/api/identity/auth/step-up", { customerId, riskLevel: "high", bundle });

/** basis reads the pictures that `rostod lab basis` wrote into a folder. */
export async function basis(folder) {
	const page = JSON.parse(await readFile(join(folder, "basis.json"), "utf8"));
	const pictures = await Promise.all(
		page.pictures.map(async (p) => ({
			scale: p.scale,
			data: (await readFile(join(folder, p.file))).toString("base64"),
		})),
	);
	return { pictures, box: page.box, landmarks: page.landmarks };
}
