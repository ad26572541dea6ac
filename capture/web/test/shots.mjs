// Takes a picture of every state at the sizes that kiosks have:
//
//	node test/shots.mjs [FOLDER] [SIZE...]
//
// With ROSTOD_PHOTO, a JPEG file, the camera sees that photograph.
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, open, press, state } from "./browsers.mjs";
import { serve } from "./server.mjs";

const folder = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), "..", "shots");
const sizes = process.argv.slice(3);
if (sizes.length === 0) sizes.push("800x480", "1280x800", "1080x1920", "3840x2160", "390x844");

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const first = (page) => press(page, "primary");
const other = (page) => press(page, "secondary");
const key = (page) => page.keyboard.press("a");
const wait = (ms) => () => pause(ms);
const until = (wanted) => (page) => state(page, wanted);

/** Each picture: the challenge, what is set before, and how one gets there. */
const pictures = [
	["intro", {}, {}],
	["intro-pt", { locale: "pt-BR" }, {}],
	["intro-id", { locale: "id" }, {}],
	["intro-noflash", { noflash: true }, {}],
	["intro-reduced", {}, { reduced: true }],
	["asking", {}, { camera: { wait: true } }, first],
	["connecting", {}, { script: { guides: [] } }, first, wait(900)],
	["position", {}, { script: { guides: [[50, "position", "closer"]] } }, reach("position")],
	[
		"position-pt",
		{ locale: "pt-BR" },
		{ script: { guides: [[50, "position", "less_light"]] }, camera: { count: 2 } },
		reach("position"),
	],
	["ready", {}, { camera: { count: 2 } }, reach("ready")],
	["neutral", {}, {}, colours, wait(200)],
	["flat", {}, {}, colours, wait(950)],
	["split", {}, {}, colours, wait(1350)],
	["checking", {}, { script: { judging: 3000 } }, colours, until("checking"), wait(900)],
	["captured", {}, {}, colours, until("captured"), wait(800)],
	[
		"retry",
		{ returnUrl: "/test/empty.html" },
		{ script: { done: { outcome: "retry", hint: "closer" } } },
		colours,
		until("retry"),
		wait(800),
	],
	["stopped-id", { locale: "id" }, {}, colours, key, until("stopped"), wait(800)],
	["other", {}, {}, other],
	["intro-leave-pt", { allowOtherWay: false, locale: "pt-BR" }, { reduced: true }],
	["intro-leave-noflash", { allowOtherWay: false, noflash: true }, {}],
	["cancelled", { allowOtherWay: false }, {}, other],
	["denied-pt", { locale: "pt-BR" }, { camera: { refuse: "NotAllowedError" } }, first, until("problem")],
	["busy", {}, { script: { status: 503, retryAfter: 9 } }, first, until("problem")],
	["network", {}, { script: { status: 0 } }, first, until("problem")],
	["expired", "fc_expired", {}],
];

function reach(wanted) {
	return async (page) => {
		await first(page);
		await state(page, wanted);
		await pause(300);
	};
}

async function colours(page) {
	await reach("ready")(page);
	await first(page);
	await state(page, "colours");
}

await mkdir(folder, { recursive: true });
const server = await serve({ photo: process.env.ROSTOD_PHOTO });
for (const size of sizes) {
	const [width, height] = size.split("x").map(Number);
	const browser = await launch("chromium", { width, height, args: [`--screen-info={${size}}`] });
	for (const [name, config, more, ...acts] of pictures) {
		const id = typeof config === "string" ? config : `fc_${name.replace("-", "_")}`;
		if (typeof config === "object") server.configs[id] = config;
		const page = await open(browser, `${server.origin}/test/empty.html`, {
			photo: process.env.ROSTOD_PHOTO ? "/photo.jpg" : undefined,
		});
		if (more.reduced) await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
		await page.evaluateOnNewDocument((m) => {
			Object.assign(window.daemon.script, m.script);
			Object.assign(window.camera, m.camera);
		}, more);
		await page.goto(`${server.origin}/capture/${id}#ct_test`);
		await page.waitForFunction(() => document.querySelector("rostod-capture")?.state);
		for (const act of acts) await act(page);
		await pause(60);
		await page.screenshot({ path: join(folder, `${size}-${name}.png`) });
		if (page.trouble.length > 0) console.log(size, name, page.trouble);
		await page.close();
	}
	await browser.close();
}
await server.close();
