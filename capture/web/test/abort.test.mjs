// Whatever the customer does ends the colours, and a camera that stops ends
// the session. What the daemon is told, and how the screen goes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { colours, element, heard, inside, pause, press, reach, seen, setting, state } from "./setting.mjs";

const here = setting("chromium");

const ways = {
	"a key": ["user", (p) => p.keyboard.press("x")],
	"the escape key": ["user", (p) => p.keyboard.press("Escape"), "fullscreen_lost"],
	"a modifier": ["user", (p) => p.keyboard.press("Shift")],
	"a click": ["user", (p) => p.mouse.click(200, 200)],
	"a touch": ["user", (p) => p.touchscreen.tap(300, 300)],
	"another tab": ["hidden", (p) => p.evaluate(hide)],
	"a new size": ["resized", (p) => p.setViewport({ width: 1100, height: 700 })],
	"a new pixel ratio": ["resized", (p) => p.setViewport({ width: 1280, height: 800, deviceScaleFactor: 2 })],
	"leaving fullscreen": ["fullscreen_lost", (p) => p.evaluate(() => document.exitFullscreen())],
	"a camera that is unplugged": ["camera_lost", (p) => p.evaluate(() => window.camera.stop())],
	"a camera that goes mute": [
		"camera_lost",
		(p) => p.evaluate(() => window.camera.track.dispatchEvent(new Event("mute"))),
	],
	"the host": ["user", (p) => p.evaluate(() => document.querySelector("rostod-capture").abort())],
};

function hide() {
	Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true });
	document.dispatchEvent(new Event("visibilitychange"));
}

// So many colours that they are still under way when a busy machine acts.
const slots = Array.from({ length: 40 }, (_, i) => [Array(4).fill(i % 2 ? "#009e00" : "#e900ff"), 500]);

for (const [what, [reason, act, or]] of Object.entries(ways))
	test(`${what} during the colours is ${reason}`, async () => {
		const page = await element(here, { script: { slots } });
		await colours(page);
		await page.evaluate(() => {
			window.fall = [];
			const look = (t) => {
				const tiles = document.querySelector("rostod-capture").tiles;
				const told = window.daemon.messages("abort").length > 0;
				window.fall.push({ t, told, tile: tiles?.[0] ?? null });
				requestAnimationFrame(look);
			};
			requestAnimationFrame(look);
		});
		await act(page);
		await state(page, "stopped");
		const aborts = await heard(page, "abort");
		assert.equal(aborts.length, 1);
		assert.ok([reason, or].includes(aborts[0].reason), aborts[0].reason);
		assert.equal(await page.evaluate(() => document.querySelector("rostod-capture").tiles), null, "the stage is gone");
		assert.equal(await page.evaluate(() => window.daemon.deletes.length), 1);
		assert.equal(await page.evaluate(() => window.camera.track.readyState), "ended");
		assert.equal(await page.evaluate(() => document.fullscreenElement), null);
		if (reason !== "hidden") {
			const fall = await page.evaluate(() => window.fall);
			const calm = fall.findIndex((f) => f.tile === "#919191");
			const light = fall.findIndex((f) => f.tile === null);
			assert.ok(calm >= 0 && light > calm, "a colour goes to neutral, and neutral to the page");
			// Frames may be rare on a busy machine; the last one that is not neutral still has its time.
			const falling = fall.slice(0, calm).filter((f) => f.told);
			const took = falling.length > 1 ? falling.at(-1).t - falling[0].t : 0;
			assert.ok(took < 400, `not yet neutral after ${took} ms`);
			assert.ok(fall[light].t - fall[calm].t > 450, `the page after ${fall[light].t - fall[calm].t} ms`);
			const shown = (await heard(page, "shown")).length;
			await pause(300);
			assert.equal((await heard(page, "shown")).length, shown, "nothing more is shown");
		}
		assert.deepEqual(await seen(page, "rostod-error"), []);
		assert.deepEqual(await seen(page, "violation"), []);
		await page.close();
	});

test("before the colours, keys and clicks are only keys and clicks", async () => {
	const page = await element(here);
	await reach(page);
	await page.keyboard.press("x");
	await page.mouse.click(30, 30);
	await page.setViewport({ width: 1000, height: 700 });
	await pause(200);
	assert.deepEqual(await heard(page, "abort"), []);
	await page.setViewport({ width: 1280, height: 800 });
	await press(page, "primary");
	assert.equal(await state(page, "captured", "stopped"), "captured");
	await page.close();
});

test("a camera that stops while the face is put into place is camera_lost", async () => {
	const page = await element(here);
	await reach(page);
	await page.evaluate(() => window.camera.stop());
	await state(page, "stopped");
	assert.deepEqual(
		(await heard(page, "abort")).map((a) => a.reason),
		["camera_lost"],
	);
	assert.match(await inside(page, "#text", "textContent"), /camera stopped/);
	await page.close();
});

test("leaving the page withdraws the session", async () => {
	const page = await element(here);
	await reach(page);
	await page.evaluate(() => {
		window.addEventListener("pagehide", () => sessionStorage.setItem("deletes", String(window.daemon.deletes.length)));
	});
	await page.goto(`${here.server.origin}/test/empty.html`);
	assert.equal(await page.evaluate(() => sessionStorage.getItem("deletes")), "1");
	await page.close();
});

test("taking the element out of the page ends the session", async () => {
	const page = await element(here);
	await colours(page);
	await page.evaluate(() => document.querySelector("rostod-capture").remove());
	await page.waitForFunction(() => window.daemon.deletes.length === 1 && window.daemon.messages("abort").length > 0);
	assert.deepEqual(
		(await heard(page, "abort")).map((a) => a.reason),
		["hidden"],
	);
	assert.equal(await page.evaluate(() => window.camera.track.readyState), "ended");
	await page.close();
});
