// The same capture in a second engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { element, heard, pause, press, reach, seen, setting, state } from "./setting.mjs";

const here = setting("firefox");

test("Firefox goes through a whole capture at the full picture", async () => {
	const page = await element(here, { attributes: { locale: "en" } });
	await reach(page);
	// The first picture is already the whole one.
	await page.waitForFunction(() => window.daemon.size !== "" && window.daemon.size !== "0x0", { timeout: 20_000 });
	assert.equal(await page.evaluate(() => window.daemon.size), "640x480");
	await press(page, "primary");
	assert.equal(await state(page, "captured", "problem", "retry", "stopped"), "captured");
	assert.deepEqual(
		(await heard(page, "shown")).map((s) => s.i),
		[0, 1, 2, 3],
	);
	const { offer, sent, shown } = await page.evaluate(() => ({
		offer: window.daemon.posts[0].offer,
		sent: window.daemon.sent,
		shown: window.daemon.messages("shown"),
	}));
	assert.match(offer, /VP8\/90000/);
	assert.doesNotMatch(offer, /VP9|H264|AV1|a=simulcast/);
	for (const s of shown) assert.ok(s.at - sent[s.i].at > -2 && s.at - sent[s.i].at < 150, `${s.at - sent[s.i].at} ms`);
	assert.deepEqual(await seen(page, "violation"), []);
	await page.close();
});

test("Firefox stops at a key", async () => {
	const page = await element(here);
	await reach(page);
	await press(page, "primary");
	await page.waitForFunction(() => window.daemon.messages("shown").length > 0);
	await page.keyboard.press("x");
	await state(page, "stopped");
	assert.deepEqual(
		(await heard(page, "abort")).map((a) => a.reason),
		["user"],
	);
	await pause(100);
	await page.close();
});
