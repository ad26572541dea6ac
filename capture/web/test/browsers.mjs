// Starts the two engines: Chromium, and Firefox over WebDriver BiDi.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const here = dirname(fileURLToPath(import.meta.url));

const places = {
	chromium: [process.env.ROSTOD_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
	firefox: [process.env.ROSTOD_FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"],
};

export function installed(engine) {
	return places[engine].find((p) => p && existsSync(p));
}

/** launch starts an engine with a window of the size. */
export async function launch(engine = "chromium", { width = 1280, height = 800, args = [], prefs = {} } = {}) {
	const executablePath = installed(engine);
	if (!executablePath) throw new Error(`${engine} is not installed`);
	if (engine === "firefox")
		return puppeteer.launch({
			browser: "firefox",
			executablePath,
			headless: true,
			defaultViewport: { width, height },
			extraPrefsFirefox: {
				"media.navigator.streams.fake": true,
				"media.navigator.permission.disabled": true,
				"media.peerconnection.ice.obfuscate_host_addresses": false,
				"media.peerconnection.ice.loopback": true,
				"media.autoplay.default": 0,
				"full-screen-api.allow-trusted-requests-only": false,
				"full-screen-api.warning.timeout": 0,
				"full-screen-api.transition-duration.enter": "0 0",
				"full-screen-api.transition-duration.leave": "0 0",
				...prefs,
			},
			args,
		});
	return puppeteer.launch({
		executablePath,
		headless: true,
		defaultViewport: { width, height },
		args: [
			`--window-size=${width},${height}`,
			"--no-sandbox",
			"--use-fake-ui-for-media-stream",
			"--use-fake-device-for-media-stream=fps=30",
			"--disable-features=WebRtcHideLocalIpsWithMdns",
			"--allow-loopback-in-peer-connection",
			"--autoplay-policy=no-user-gesture-required",
			"--disable-background-timer-throttling",
			"--disable-renderer-backgrounding",
			"--disable-gpu",
			"--mute-audio",
			...args,
		],
	});
}

/** open opens a page with the test's camera and daemon in it. before runs in the page ahead of everything. */
export async function open(browser, url, { before, daemon = true, camera = true, photo } = {}) {
	const page = await browser.newPage();
	const trouble = [];
	page.on("pageerror", (e) => trouble.push(String(e?.stack ?? e)));
	page.on("console", (m) => m.type() === "error" && trouble.push(m.text()));
	page.trouble = trouble;
	await page.evaluateOnNewDocument(() => {
		window.seen = [];
		for (const type of ["ready", "progress", "captured", "retry", "other-way", "error"])
			window.addEventListener(
				`rostod-${type}`,
				(e) => window.seen.push({ type: `rostod-${type}`, detail: e.detail }),
				true,
			);
		document.addEventListener("securitypolicyviolation", (e) =>
			window.seen.push({ type: "violation", detail: `${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}` }),
		);
	});
	if (photo) await page.evaluateOnNewDocument((p) => (window.cameraPhoto = p), photo);
	if (camera) await page.evaluateOnNewDocument(await readFile(join(here, "camera.js"), "utf8"));
	if (daemon) await page.evaluateOnNewDocument(await readFile(join(here, "daemon.js"), "utf8"));
	if (before) await page.evaluateOnNewDocument(before);
	await page.goto(url, { waitUntil: "load" });
	return page;
}

/** press clicks the button of the class in the element, as a customer would. */
export async function press(page, which, index = 0) {
	const handle = await page.evaluateHandle(
		(w, i) => document.querySelector("rostod-capture").shadowRoot.querySelectorAll(w)[i],
		`button.${which}`,
		index,
	);
	await handle.asElement().click();
}

/** state waits until the element is in one of the states, and answers which. */
export async function state(page, ...wanted) {
	const handle = await page.waitForFunction(
		(w) => {
			const s = document.querySelector("rostod-capture")?.state;
			return w.includes(s) ? s : false;
		},
		{ timeout: 20_000, polling: 30 },
		wanted,
	);
	return handle.jsonValue();
}
