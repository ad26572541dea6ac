// One journey through a real daemon: the page at the kiosk shows a code, a
// phone goes on, the customer is filmed, and both find their ways back. On the
// way it opens the link when it must not lead anywhere any more.
//
//	node e2e/journey.mjs [WIDTHxHEIGHT...]
//
//	ROSTOD_JOURNEY    userRedirectUrl of a journey that has just been created
//	ROSTOD_BASIS      a folder that `rostod lab basis` wrote
//	ROSTOD_ARTEFACTS  where the screenshots go; none are taken without
//
// With sizes, only the screens before the capture are shown, at each of them.
// The last line is JSON; exit code 1 when something was not as it must be.
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, press } from "../test/browsers.mjs";
import { basis } from "./service.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const link = process.env.ROSTOD_JOURNEY;
const host = new URL(link).hostname;
const artefacts = process.env.ROSTOD_ARTEFACTS;
const pictures = process.env.ROSTOD_BASIS ? await basis(process.env.ROSTOD_BASIS) : undefined;
const script = await readFile(join(here, "customer.js"), "utf8");
if (artefacts) await mkdir(artefacts, { recursive: true });

// The daemon has a certificate of its own, under a name that only it knows.
const browser = await launch("chromium", {
	width: 1280,
	height: 720,
	args: ["--screen-info={1920x1080}", "--ignore-certificate-errors", `--host-resolver-rules=MAP ${host} 127.0.0.1`],
});
const trouble = [];

/** visit opens an address with the customer in front of its camera. */
async function visit(url, size, language = "pt-BR") {
	const page = await browser.newPage();
	await page.setViewport(size);
	page.on("pageerror", (e) => trouble.push(String(e)));
	await page.evaluateOnNewDocument((l) => Object.defineProperty(navigator, "languages", { value: [l] }), language);
	if (pictures) {
		await page.evaluateOnNewDocument((s) => (window.customerSetting = s), { kind: "live", basis: pictures });
		await page.evaluateOnNewDocument(script);
	}
	await page.goto(url, { waitUntil: "load" });
	return page;
}

const shot = (page, what) => artefacts && page.screenshot({ path: join(artefacts, `journey-${what}.png`) });

/** shows waits for one of the page's own screens. */
const shows = (page, name, ms = 15_000) =>
	page.waitForFunction(
		(n) => document.querySelector("rostod-journey")?.dataset.screen === n,
		{ timeout: ms, polling: 50 },
		name,
	);

/** tap presses a button of the page's own screens. */
async function tap(page, index) {
	const handle = await page.evaluateHandle(
		(i) => document.querySelector("rostod-journey").shadowRoot.querySelectorAll("button")[i],
		index,
	);
	await handle.asElement().click();
}

/** until waits for a state of the capture, and answers the one that it saw: the next moment may be another. */
const until = async (page, ms, ...wanted) => {
	const look = (w) => {
		const state = document.querySelector("rostod-capture")?.state;
		return w.includes(state) ? state : false;
	};
	return (await page.waitForFunction(look, { timeout: ms, polling: 50 }, wanted)).jsonValue();
};

/** film goes through captures until one is handed in: a machine that is too slow for two programs is given three tries. */
async function film(page) {
	await until(page, 10_000, "intro");
	await shot(page, "5-phone-caution");
	await press(page, "primary");
	for (let tries = 1; ; tries++) {
		for (let late = Date.now() + 90_000; ; ) {
			if (Date.now() > late) throw new Error("the colours did not begin");
			const now = await until(page, 90_000, "ready", "problem", "retry");
			if (now !== "ready") break;
			await shot(page, "6-phone-ready");
			await press(page, "primary");
			const next = await until(page, 6000, "colours", "captured", "retry", "stopped").catch(() => "");
			if (next) break;
		}
		const ended = await page.waitForFunction(
			() => {
				const s = document.querySelector("rostod-capture")?.state;
				return !s ? "sent" : ["retry", "stopped", "problem", "other_way"].includes(s) ? s : false;
			},
			{ timeout: 40_000, polling: 50 },
		);
		const how = await ended.jsonValue();
		if (how === "sent") return tries;
		if (tries === 3) throw new Error(`the capture ended as ${how}`);
		await press(page, "primary");
	}
}

async function lead() {
	const kiosk = await visit(link, { width: 1280, height: 720 });
	await shows(kiosk, "welcome");
	const address = await kiosk.evaluate(() => location.href);
	await shot(kiosk, "1-kiosk-welcome");
	const answer = kiosk.waitForResponse((r) => r.url().endsWith("/handover"));
	await tap(kiosk, 1);
	const code = await (await answer).json();
	await shows(kiosk, "code");
	await shot(kiosk, "2-kiosk-code");

	const phone = await visit(code.url, { width: 390, height: 844 });
	await shows(phone, "welcome");
	await shot(phone, "3-phone-welcome");
	await shows(kiosk, "taken");
	await shot(kiosk, "4-kiosk-taken");
	const again = await visit(code.url, { width: 390, height: 844 });
	await shows(again, "token");
	await shot(again, "4-code-used");
	await again.close();
	await phone.bringToFront();
	// The head was lit by a screen of 24 inches, which no phone has.
	await phone.setViewport({ width: 1280, height: 720 });
	await tap(phone, 0);
	const tries = await film(phone);
	await shows(phone, "done");
	await shot(phone, "7-phone-done");
	await kiosk.bringToFront();
	await kiosk.waitForFunction(
		() =>
			document.querySelector("rostod-journey")?.dataset.screen === "done" || !location.pathname.startsWith("/process/"),
		{
			timeout: 15_000,
			polling: 20,
		},
	);
	await shot(kiosk, "8-kiosk-done");
	await kiosk.waitForFunction(() => !location.pathname.startsWith("/process/"), { timeout: 15_000 });
	const back = kiosk.url();
	const late = await visit(link, { width: 1280, height: 720 }, "id");
	await shows(late, "already");
	await shot(late, "9-link-again");
	return { address, code: code.url, tries, back, trouble, ok: trouble.length === 0 && !address.includes("jl_") };
}

/** look takes pictures of the screens at sizes and in the languages. */
async function look(sizes) {
	for (const size of sizes) {
		const [width, height] = size.split("x").map(Number);
		for (const language of ["pt-BR", "id", "en"]) {
			const page = await visit(link, { width, height }, language);
			await shows(page, "welcome");
			await shot(page, `${size}-${language}-welcome`);
			if (language !== "id") {
				await tap(page, 1);
				await shows(page, "code");
				await shot(page, `${size}-${language}-code`);
				await tap(page, 0);
				await shows(page, "welcome");
			}
			if (language === "en") {
				await tap(page, 2);
				await shows(page, "left");
				await shot(page, `${size}-${language}-left`);
			}
			await page.close();
		}
	}
	return { ok: trouble.length === 0, trouble };
}

let result;
try {
	result = process.argv.length > 2 ? await look(process.argv.slice(2)) : await lead();
} catch (error) {
	const open = await browser.pages();
	const where = await Promise.all(
		open.map((p) =>
			p
				.evaluate(() => [
					location.pathname,
					document.querySelector("rostod-journey")?.dataset.screen,
					document.querySelector("rostod-capture")?.state,
				])
				.catch(() => []),
		),
	);
	result = { ok: false, error: String(error), where, trouble };
}
console.log(JSON.stringify(result));
await browser.close();
process.exit(result.ok ? 0 : 1);
