// Every screen in every language fits the screens that kiosks have, can be
// read, and can be touched.
import assert from "node:assert/strict";
import { test } from "node:test";
import { element, press, reach, setting, state } from "./setting.mjs";

const here = setting("chromium");

const sizes = [
	[800, 480],
	[1024, 768],
	[1280, 800],
	[1920, 1080],
	[1080, 1920],
	[3840, 2160],
	[390, 844],
];

/** Each screen with the most to say: how to get there, and what is set before. */
const screens = {
	intro: [{ media: { "prefers-reduced-motion": "reduce" } }, async () => {}],
	guide: [{ camera: { count: 2 }, script: { guides: [[20, "position", "less_light"]] } }, (p) => reach(p, "position")],
	ready: [{ camera: { count: 2 } }, (p) => reach(p)],
	problem: [
		{ camera: { refuse: "NotAllowedError" } },
		async (p) => {
			await press(p, "primary");
			await state(p, "problem");
		},
	],
};

/** What is wrong with the screen, as sentences. */
function look(scrolls) {
	const root = document.querySelector("rostod-capture").shadowRoot;
	const wrong = [];
	const frame = root.querySelector(".frame");
	if (frame.scrollWidth > frame.clientWidth) wrong.push(`is ${frame.scrollWidth - frame.clientWidth} px too wide`);
	if (!scrolls && frame.scrollHeight > frame.clientHeight)
		wrong.push(`is ${frame.scrollHeight - frame.clientHeight} px too high`);
	for (const e of root.querySelectorAll("button, select")) {
		const r = e.getBoundingClientRect();
		if (r.width === 0) continue;
		const name = e.textContent.slice(0, 20);
		if (r.left < 0 || r.top < 0 || r.right > innerWidth + 0.5 || r.bottom > innerHeight + 0.5)
			wrong.push(`"${name}" is outside`);
		if (r.height < 44 || r.width < 44) wrong.push(`"${name}" is too small to touch: ${r.width}x${r.height}`);
		if (e.tagName === "BUTTON" && e.scrollWidth > e.clientWidth) wrong.push(`"${name}" is cut`);
	}
	const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
	const parse = (css) => {
		const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
		canvas.fillStyle = css;
		canvas.fillRect(0, 0, 1, 1);
		return [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255);
	};
	const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
	for (const e of root.querySelectorAll("h2, p, li span, strong, button, label, select")) {
		if (e.getClientRects().length === 0 || !e.textContent.trim() || e.closest("dialog")) continue;
		let under = e;
		while (under && parse(getComputedStyle(under).backgroundColor)[3] < 1) under = under.parentElement;
		const [a, b] = [getComputedStyle(e).color, under ? getComputedStyle(under).backgroundColor : "#fff"].map((c) =>
			luminance(parse(c)),
		);
		const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (contrast < 4.5) wrong.push(`"${e.textContent.slice(0, 20)}" has contrast ${contrast.toFixed(1)}`);
		if (Number.parseFloat(getComputedStyle(e).fontSize) < 14)
			wrong.push(`"${e.textContent.slice(0, 20)}" is too small to read`);
	}
	return wrong;
}

for (const [name, [set, go]] of Object.entries(screens))
	test(`${name} fits`, async () => {
		for (const locale of ["en", "pt-BR", "id"]) {
			const page = await element(here, { attributes: { locale }, ...set });
			await go(page);
			for (const [width, height] of sizes) {
				await page.setViewport({ width, height });
				await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
				const phone = width < 500;
				assert.deepEqual(await page.evaluate(look, phone && name === "intro"), [], `${locale} at ${width}x${height}`);
			}
			await page.close();
		}
	});

test("an element in a small place of a page keeps to its place", async () => {
	const page = await element(here);
	await page.evaluate(() => {
		Object.assign(document.querySelector("rostod-capture").style, { width: "640px", height: "420px", margin: "40px" });
	});
	assert.deepEqual(await page.evaluate(look, false), []);
	await page.close();
});

test("a brand is shown, and its colours are used", async () => {
	const page = await element(here);
	const got = await page.evaluate(() => {
		const e = document.querySelector("rostod-capture");
		const brand = document.createElement("img");
		brand.slot = "brand";
		brand.width = 120;
		brand.height = 32;
		brand.alt = "A bank";
		e.append(brand);
		e.style.setProperty("--rostod-accent", "rgb(90, 20, 120)");
		const button = e.shadowRoot.querySelector("button.primary");
		return [brand.getClientRects().length, getComputedStyle(button).backgroundColor];
	});
	assert.deepEqual(got, [1, "rgb(90, 20, 120)"]);
	await page.close();
});
