// The element with a daemon that follows a script: what it says, and when.
import assert from "node:assert/strict";
import { test } from "node:test";
import { colours, element, heard, inside, pause, press, reach, seen, setting, state } from "./setting.mjs";

const here = setting("chromium");

test("a whole capture speaks the protocol", async () => {
	const page = await element(here, { attributes: { locale: "pt" } });
	const requests = [];
	page.on("request", (r) => requests.push(r.url()));
	await reach(page);
	const before = await page.evaluate(() => window.daemon.frames);
	await press(page, "primary");
	assert.equal(await state(page, "captured", "problem", "retry", "stopped"), "captured");
	const said = await page.evaluate(() => ({ ...window.daemon, channel: null, peer: null }));

	const [post] = said.posts;
	assert.equal(said.posts.length, 1);
	assert.deepEqual([post.path, post.authorization, post.type], ["/whip/fc_1", "Bearer ct_1", "application/sdp"]);
	assert.match(post.offer, /m=video [^\r]*\r\n(?:(?!m=)[^\r]*\r\n)*a=sendonly/);
	assert.equal(post.offer.match(/^m=/gm).length, 2);
	assert.match(post.offer, /^m=application /m);
	assert.deepEqual(
		[...post.offer.matchAll(/^a=rtpmap:\d+ ([\w-]+)/gm)].map((m) => m[1].toLowerCase()),
		["vp8", "rtx"],
	);
	assert.doesNotMatch(post.offer, /a=simulcast|a=rid/);
	assert.match(post.offer, /transport-cc/);
	assert.deepEqual([said.label, said.ordered], ["rostod.capture.v1", true]);

	const types = said.heard.map((m) => m.type).filter((t) => t !== "ping");
	assert.deepEqual(types, ["hello", "pong", "start", "shown", "shown", "shown", "shown"]);
	const [hello] = said.heard;
	assert.equal(hello.v, 1);
	assert.equal(hello.locale, "pt-BR");
	assert.match(hello.client, /^rostod-capture\/1 /);
	assert.ok(hello.screen.w > 0 && hello.screen.h > 0 && hello.screen.dpr > 0);
	assert.ok(hello.screen.refreshHz > 20 && hello.screen.refreshHz < 250, `refreshHz ${hello.screen.refreshHz}`);
	assert.equal(hello.camera.label, "Test camera");
	assert.deepEqual([hello.camera.settings.width, hello.camera.settings.height], [640, 480]);
	assert.equal(hello.camera.settings.deviceId, undefined, "what names a person's device stays in the browser");
	const pong = said.heard.find((m) => m.type === "pong");
	assert.equal(pong.n, 1);
	assert.ok(pong.now >= pong.at && pong.now - pong.at < 1000);
	for (const m of said.heard) assert.ok(m.bytes <= 4096, `${m.type} has ${m.bytes} bytes`);

	assert.equal(said.size, "640x480");
	assert.ok(said.frames - before > 30, `${said.frames - before} frames from ready to the end`);
	assert.equal(said.deletes.length, 1);
	assert.deepEqual([said.deletes[0].path, said.deletes[0].authorization], ["/whip/fc_1/s1", "Bearer ct_1"]);

	assert.deepEqual(await seen(page, "rostod-captured"), [{ bundle: "e30.e30.c2ln" }]);
	assert.deepEqual(
		(await seen(page, "rostod-progress")).map((d) => d.state),
		["camera", "connecting", "position", "ready", "colours", "checking", "captured"],
	);
	assert.deepEqual(await seen(page, "violation"), []);
	assert.deepEqual(page.trouble, []);
	assert.deepEqual(requests, [], "nothing is loaded during a capture");
	assert.equal(await page.evaluate(() => window.camera.track.readyState), "ended", "the camera is given back");
	await page.close();
});

test("slots are shown in their frame and acknowledged in the next", async () => {
	const page = await element(here);
	await page.evaluate(() => {
		// What stands on the screen in each frame, read after the element's own frame callback.
		window.screenLog = [];
		const look = (t) => {
			const { tiles } = document.querySelector("rostod-capture");
			queueMicrotask(() => window.screenLog.push({ t: performance.timeOrigin + t, tiles }));
			requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	});
	await reach(page);
	await press(page, "primary");
	await state(page, "captured");
	const { sent, shown, log } = await page.evaluate(() => ({
		sent: window.daemon.sent,
		shown: window.daemon.messages("shown"),
		log: window.screenLog.filter((l) => l.tiles),
	}));
	assert.deepEqual(
		shown.map((s) => s.i),
		[0, 1, 2, 3],
	);
	for (const [i, s] of shown.entries()) {
		const slot = sent[i];
		const late = s.at - slot.at;
		assert.ok(late >= -1.5, `slot ${i} was shown ${-late} ms early`);
		assert.ok(late < 120, `slot ${i} was shown ${late} ms late`);
		assert.ok(s.next > s.at && s.next - s.at < 200, `next ${s.next - s.at} ms after at`);
		assert.ok(Number.isInteger(s.missed) && s.missed >= 0);
		assert.ok(s.heard >= s.next - 5, "acknowledged in the following frame");
		const during = log.filter((l) => l.t > s.next + 5 && l.t < slot.at + slot.ms - 5);
		assert.ok(during.length > 5, `${during.length} frames of slot ${i}`);
		for (const l of during) assert.deepEqual(l.tiles, slot.tiles);
	}
	const last = sent.at(-1);
	const rest = log.filter((l) => l.t > last.at + last.ms + 120 && l.t < last.at + last.ms + 190);
	assert.ok(rest.length > 0);
	for (const l of rest) assert.deepEqual(l.tiles, Array(4).fill("#919191"), "neutral until finish");

	// The fades: from the page to neutral and back, in no less than half a second each.
	const rise = log.filter((l) => l.t < sent[0].at - 600 && l.tiles[0] !== "#919191");
	assert.ok(rise.at(-1).t - rise[0].t > 450, `rose in ${rise.at(-1).t - rise[0].t} ms`);
	const fall = log.filter((l) => l.t > last.at + last.ms + 190 && l.tiles[0] !== "#919191");
	assert.ok(fall.at(-1).t - fall[0].t > 450, `fell in ${fall.at(-1).t - fall[0].t} ms`);
	for (const part of [rise, fall])
		for (const [a, b] of pairs(part.map((l) => level(l.tiles[0]))))
			assert.ok(part === rise ? b <= a : b >= a, "a fade never turns back");
	assert.equal(await page.evaluate(() => document.querySelector("rostod-capture").tiles), null);
	await page.close();
});

function pairs(list) {
	return list.slice(1).map((b, i) => [list[i], b]);
}

function level(hex) {
	return Number.parseInt(hex.slice(1, 3), 16);
}

test("the stage is opaque, and nearly all of it is light", async () => {
	const page = await element(here);
	await colours(page, 2);
	const shot = await page.screenshot({ encoding: "base64" });
	const count = await countColours(shot);
	const cyan = count["0,135,255"] ?? 0;
	const amber = count["187,122,0"] ?? 0;
	assert.ok(Math.abs(cyan - amber) < 0.01, `cyan ${cyan}, amber ${amber}`);
	assert.ok(cyan + amber > 0.98, `${1 - cyan - amber} of the screen is not light`);
	await page.close();
});

/** countColours is the share of each colour of a picture. */
async function countColours(png) {
	const page = await here.browser.newPage();
	await page.goto(`${here.server.origin}/test/empty.html`);
	const count = await page.evaluate(async (p) => {
		const bytes = Uint8Array.from(atob(p), (c) => c.charCodeAt(0));
		const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
		const canvas = new OffscreenCanvas(picture.width, picture.height);
		const context = canvas.getContext("2d");
		context.drawImage(picture, 0, 0);
		const { data } = context.getImageData(0, 0, picture.width, picture.height);
		const found = {};
		for (let i = 0; i < data.length; i += 4) {
			const key = `${data[i]},${data[i + 1]},${data[i + 2]}`;
			found[key] = (found[key] ?? 0) + 4 / data.length;
		}
		return found;
	}, png);
	await page.close();
	return count;
}

test("soft changes go through the colours between", async () => {
	const page = await element(here, { attributes: { soft: "" } });
	await page.evaluate(() => {
		window.between = new Set();
		const look = () => {
			const t = document.querySelector("rostod-capture").tiles;
			if (t) window.between.add(t[0]);
			requestAnimationFrame(look);
		};
		requestAnimationFrame(look);
	});
	await reach(page);
	await press(page, "primary");
	await state(page, "captured");
	const between = await page.evaluate(() =>
		[...window.between].filter((c) => !Object.values(window.palette).includes(c)),
	);
	const coloured = between.filter((c) => new Set(c.slice(1).match(/../g)).size > 1);
	assert.ok(coloured.length >= 6, `saw ${coloured}`);
	await page.close();
});

test("what the daemon must not say ends the session", async (t) => {
	const M = Array(4).fill("#e900ff");
	const soon = (i, more) => ({ type: "slot", i, tiles: M, at: 0, ms: 400, ...more });
	const cases = {
		"an unknown message": [{ type: "dance" }],
		"no JSON": ["hello?"],
		"a list": ["[]"],
		"a message without its fields": [{ type: "guide" }],
		"an outcome that is none": [{ type: "done", outcome: "verified" }],
		"captured without a bundle": [{ type: "done", outcome: "captured" }],
		"a slot before arm": [soon(0, { now: 250 })],
		"arm before start": [{ type: "arm", steps: 3, leadMs: 1000 }],
		"a message of more than 4 KiB": [`{"type":"finish","x":"${"x".repeat(4096)}"}`],
	};
	for (const [what, messages] of Object.entries(cases))
		await t.test(what, async () => {
			const page = await element(here);
			await reach(page);
			await page.evaluate((all) => {
				for (const m of all)
					window.daemon.send(m.now ? { ...m, at: performance.timeOrigin + performance.now() + m.now } : m);
			}, messages);
			await state(page, "problem");
			assert.deepEqual(await seen(page, "rostod-error"), [{ code: "protocol", retryAfter: 0 }]);
			assert.equal(await page.evaluate(() => window.daemon.deletes.length), 1);
			await page.close();
		});
});

test("slots that are not safe, not next or two ahead are never shown", async (t) => {
	const M = Array(4).fill("#e900ff");
	const G = Array(4).fill("#009e00");
	const cases = {
		white: [{ i: 0, tiles: Array(4).fill("#ffffff"), after: 250, ms: 400 }],
		"saturated red": [{ i: 0, tiles: Array(4).fill("#ff0000"), after: 250, ms: 400 }],
		"one dark tile": [{ i: 0, tiles: ["#919191", "#919191", "#919191", "#000000"], after: 250, ms: 400 }],
		"too short": [{ i: 0, tiles: M, after: 250, ms: 100 }],
		"too soon after the one before": [
			{ i: 0, tiles: M, after: -10, ms: 400 },
			{ i: 1, tiles: G, after: 100, ms: 400, later: 60 },
		],
		"out of order": [{ i: 1, tiles: M, after: 250, ms: 400 }],
		twice: [
			{ i: 0, tiles: M, after: -10, ms: 400 },
			{ i: 0, tiles: M, after: 400, ms: 400, later: 60 },
		],
		"two ahead": [
			{ i: 0, tiles: M, after: 300, ms: 400 },
			{ i: 1, tiles: G, after: 700, ms: 400 },
		],
	};
	for (const [what, slots] of Object.entries(cases))
		await t.test(what, async () => {
			const page = await element(here, { script: { slots: [] } });
			await page.evaluate(() => {
				// This daemon arms by hand.
				window.daemon.script.stuck = true;
			});
			await reach(page);
			await page.evaluate(() => {
				const { send } = window.daemon;
				window.daemon.send = function (m) {
					if (m.type !== "arm") send.call(this, m);
				};
				window.sendReally = (m) => send.call(window.daemon, m);
			});
			await press(page, "primary");
			await page.waitForFunction(() => window.daemon.messages("start").length === 1);
			await page.evaluate(async (all) => {
				window.sendReally({ type: "arm", steps: 4, leadMs: 1000 });
				const now = performance.timeOrigin + performance.now();
				for (const { after, later, ...s } of all) {
					await new Promise((done) => setTimeout(done, later ?? 0));
					window.sendReally({ type: "slot", ...s, at: now + after });
				}
			}, slots);
			await state(page, "problem");
			assert.deepEqual(await seen(page, "rostod-error"), [{ code: "protocol", retryAfter: 0 }]);
			const shown = (await heard(page, "shown")).map((s) => s.i);
			assert.ok(shown.length < slots.length || slots.length === 1, `shown ${shown}`);
			if (slots.length === 1) assert.deepEqual(shown, []);
			await page.close();
		});
});

test("a new hint is a new sentence, to the eye and to the ear", async () => {
	const page = await element(here, { script: { guides: [[20, "position", "no_face"]] } });
	await reach(page, "position");
	const texts = new Set();
	const hints = [
		"no_face",
		"several_faces",
		"closer",
		"back",
		"center",
		"more_light",
		"less_light",
		"hold_still",
		"face_forward",
		"low_bitrate",
		"camera_locked",
	];
	for (const hint of hints) {
		await page.evaluate((h) => window.daemon.send({ type: "guide", state: "position", hint: h }), hint);
		await page.waitForFunction((h) => window.seen.some((e) => e.detail?.hint === h), {}, hint);
		texts.add(await inside(page, ".hint", "textContent"));
		assert.equal(await inside(page, ".guide button.primary", "ariaDisabled"), "true", "no start before ready");
	}
	assert.equal(texts.size, hints.length);
	await page.evaluate(() => window.daemon.send({ type: "guide", state: "position", hint: "constructor" }));
	await pause(100);
	assert.equal(await inside(page, ".hint", "textContent"), "Look straight at the screen", "a hint that nobody knows");
	await pause(1700);
	assert.equal(await inside(page, ".aloud", "textContent"), "Look straight at the screen");
	await page.evaluate(() => window.daemon.send({ type: "guide", state: "ready" }));
	await state(page, "ready");
	assert.equal(await inside(page, ".guide button.primary", "ariaDisabled"), "false");
	await pause(1700);
	assert.match(await inside(page, ".aloud", "textContent"), /Press Start/);
	await page.close();
});

test("start waits for ready, and the page comes back when the face is lost", async () => {
	const page = await element(here, { script: { guides: [[20, "position", "closer"]] } });
	await reach(page, "position");
	await press(page, "primary");
	await pause(300);
	assert.deepEqual(await heard(page, "start"), []);
	assert.equal(await page.evaluate(() => document.querySelector("rostod-capture").tiles), null);

	await page.evaluate(() => window.daemon.send({ type: "guide", state: "ready" }));
	await state(page, "ready");
	await press(page, "primary");
	await page.waitForFunction(() => document.querySelector("rostod-capture").tiles);
	await page.evaluate(() => window.daemon.send({ type: "guide", state: "position", hint: "no_face" }));
	await page.waitForFunction(() => !document.querySelector("rostod-capture").tiles, { timeout: 20_000 });
	assert.deepEqual(await heard(page, "start"), [], "no start without a face");
	assert.equal(await state(page, "position"), "position");

	await page.evaluate(() => window.daemon.send({ type: "guide", state: "ready" }));
	await state(page, "ready");
	await press(page, "primary");
	assert.equal(await state(page, "captured", "problem"), "captured");
	await page.close();
});

test("a start that was not taken is said again", async () => {
	const page = await element(here);
	await reach(page);
	await page.evaluate(() => {
		// This daemon is not quite ready for the first start, and says so.
		const { onmessage } = window.daemon.channel;
		window.daemon.channel.onmessage = (e) => {
			if (!e.data.includes('"start"') || window.early) return onmessage(e);
			window.early = true;
			window.daemon.send({ type: "guide", state: "ready" });
		};
	});
	await press(page, "primary");
	assert.equal(await state(page, "captured", "problem"), "captured");
	assert.equal((await heard(page, "start")).length, 1, "and only as often as needed");
	await page.close();
});

test("a screen that stands still for longer than a slot ends the capture", async () => {
	const page = await element(here);
	await colours(page);
	await page.evaluate(() => {
		const until = performance.now() + 1100;
		while (performance.now() < until);
	});
	await state(page, "stopped");
	const shown = (await heard(page, "shown")).map((s) => s.i);
	assert.match(await inside(page, "#text", "textContent"), /stood still/, "nobody is told that they left");
	assert.deepEqual(shown, [...shown.keys()], "what is acknowledged has no holes");
	assert.deepEqual(
		(await heard(page, "abort")).map((a) => a.reason),
		["hidden"],
	);
	await page.close();
});

test("other_way offers no further try", async () => {
	const page = await element(here, { script: { done: { outcome: "other_way" } } });
	await reach(page);
	await press(page, "primary");
	await state(page, "other_way");
	assert.deepEqual(await seen(page, "rostod-other-way"), [{ reason: "daemon" }]);
	assert.equal(await inside(page, "button", "exists"), false);
	await page.close();
});

test("an error of the daemon ends the session", async () => {
	const page = await element(here);
	await colours(page);
	await page.evaluate(() => window.daemon.send({ type: "error", code: "capture/challenge-expired", hint: "…" }));
	await state(page, "problem");
	assert.deepEqual(await seen(page, "rostod-error"), [{ code: "expired", retryAfter: 0 }]);
	await page.close();
});

test("a daemon that vanishes is noticed", async () => {
	const page = await element(here);
	await colours(page);
	await page.evaluate(() => window.daemon.peer.close());
	await state(page, "problem");
	assert.deepEqual(await seen(page, "rostod-error"), [{ code: "link_lost", retryAfter: 0 }]);
	await page.close();
});
