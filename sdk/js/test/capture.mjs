// capture() in Chromium, on a page of a teller's own: ROSTOD_PAGE.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { basis } from "../../../capture/web/e2e/service.mjs";
import { launch } from "../../../capture/web/test/browsers.mjs";

const site = process.env.ROSTOD_PAGE;
const artefacts = process.env.ROSTOD_ARTEFACTS;
const pictures = await basis(process.env.ROSTOD_BASIS);
const script = await readFile(new URL("../../../capture/web/e2e/customer.js", import.meta.url), "utf8");
const browser = await launch("chromium", { width: 1280, height: 720, args: ["--screen-info={1920x1080}"] });

/** said is what the page told its back end, once it has. */
async function said(ms) {
	for (const end = Date.now() + ms; Date.now() < end; ) {
		const list = await (await fetch(`${site}/said`)).json();
		if (list?.length) return list[0];
		await new Promise((done) => setTimeout(done, 100));
	}
	return "";
}

/** open opens the page with a customer of light in front of its camera. */
async function open(how) {
	const page = await browser.newPage();
	await page.evaluateOnNewDocument((s) => (window.customerSetting = s), { kind: "live", basis: pictures });
	await page.evaluateOnNewDocument(script);
	await page.goto(`${site}/?how=${how}`, { waitUntil: "load" });
	return page;
}

/** pressed presses a button of the capture element, wherever that is. The press may end the frame or window it is in. */
async function pressed(where, which) {
	await where.waitForFunction((w) => document.querySelector("rostod-capture")?.shadowRoot?.querySelector(`button.${w}`), { timeout: 20_000, polling: 100 }, which);
	await where.evaluate((w) => {
		setTimeout(() => document.querySelector("rostod-capture").shadowRoot.querySelector(`button.${w}`).click(), 0);
	}, which);
}

/** shot keeps what a page looks like. */
const shot = (page, name) => artefacts && page.screenshot({ path: join(artefacts, `sdk-${name}.png`) });

/** other presses "Use another way" and prints what the page's back end was told. */
async function other(how, page, where) {
	await where.waitForFunction(() => document.querySelector("rostod-capture")?.state === "intro", { timeout: 30_000 });
	await shot(page, how);
	await pressed(where, "secondary");
	console.log(how, (await said(30_000)).replace("/my/other-way ", ""));
	await page.close();
}

/** ways goes another way from each place where capture can show a challenge. */
async function ways() {
	const element = await open("element");
	await other("element", element, element);

	const framed = await open("frame");
	await framed.waitForSelector("iframe");
	await other("frame", framed, await (await framed.$("iframe")).contentFrame());

	const opener = await open("window");
	const shown = await browser.waitForTarget((t) => t.url().includes("/capture/fc_"), { timeout: 30_000 });
	await other("window", opener, await shown.page());
}

/** bundles hands over what the element says at the end of a capture, and in a frame what a stranger says, which is not heard. */
async function bundles() {
	const element = await open("element");
	await element.waitForFunction(() => document.querySelector("rostod-capture")?.state === "intro", { timeout: 30_000 });
	await element.evaluate(() =>
		document.querySelector("rostod-capture").dispatchEvent(new CustomEvent("rostod-captured", { detail: { bundle: "b" } })),
	);
	console.log("element", await said(30_000), (await element.$("rostod-capture")) ? "stays" : "goes");
	await element.close();

	const framed = await open("frame");
	await framed.waitForSelector("iframe");
	const frame = await (await framed.$("iframe")).contentFrame();
	await frame.waitForFunction(() => document.querySelector("rostod-capture")?.state === "intro", { timeout: 30_000 });
	const message = (/** @type {string} */ b) => ({ source: "rostod-capture", type: "rostod-captured", detail: { bundle: b } });
	await framed.evaluate((m) => postMessage(m, "*"), message("forged"));
	await frame.evaluate((m) => parent.postMessage(m, "*"), message("c"));
	console.log("frame", await said(30_000));
}

try {
	await { ways, bundles }[process.argv[2]]();
} finally {
	await browser.close();
}
