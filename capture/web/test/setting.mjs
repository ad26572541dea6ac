// What the browser tests share: one server and one browser a file, and a page
// with one element for each test.
import { after, before } from "node:test";
import { launch, open, press, state } from "./browsers.mjs";
import { serve } from "./server.mjs";

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** setting starts server and browser around the tests of a file. */
export function setting(engine, options) {
	const here = {};
	before(async () => {
		here.server = await serve();
		here.browser = await launch(engine, options);
	});
	after(async () => {
		await here.browser?.close();
		await here.server?.close();
	});
	return here;
}

/**
 * element opens a page of a host with one element in it.
 *
 *	attributes   of the element
 *	script       what the daemon does differently
 *	camera       what the camera does differently
 *	media        media features to emulate
 *	languages    of the browser
 */
export async function element(here, { attributes = {}, script = {}, camera = {}, media = {}, languages, setup } = {}) {
	const page = await open(here.browser, `${here.server.origin}/test/empty.html`);
	for (const [name, value] of Object.entries(media)) await page.emulateMediaFeatures([{ name, value }]);
	if (languages)
		await page.evaluateOnNewDocument((l) => Object.defineProperty(navigator, "languages", { get: () => l }), languages);
	await page.evaluateOnNewDocument(
		(s, c) => {
			Object.assign(window.daemon.script, s);
			Object.assign(window.camera ?? {}, c);
		},
		script,
		camera,
	);
	if (setup) await page.evaluateOnNewDocument(setup);
	await page.goto(`${here.server.origin}/test/host.html?${new URLSearchParams(attributes)}`);
	await page.waitForFunction(() => document.querySelector("rostod-capture")?.state);
	return page;
}

/** reach goes through the first screens until the daemon says ready. */
export async function reach(page, wanted = "ready") {
	await press(page, "primary");
	await state(page, wanted);
}

/** colours goes on until the colours are on the screen, and through the first of them. */
export async function colours(page, shown = 1) {
	await reach(page);
	await press(page, "primary");
	await page.waitForFunction((n) => window.daemon.messages("shown").length >= n, { polling: 20 }, shown);
}

export const heard = (page, type) => page.evaluate((t) => window.daemon.messages(t), type);
export const seen = (page, type) =>
	page.evaluate((t) => window.seen.filter((e) => e.type === t).map((e) => e.detail), type);
export const inside = (page, selector, read) =>
	page.evaluate(
		(s, r) => {
			const found = document.querySelector("rostod-capture").shadowRoot.querySelector(s);
			return r === "exists" ? found !== null && found.getClientRects().length > 0 : found?.[r];
		},
		selector,
		read,
	);
export { press, state };
