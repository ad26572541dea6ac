// Everything around the colours: languages, other ways, new tries, cameras,
// and what the service may answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { colours, element, heard, inside, pause, press, reach, seen, setting, state } from "./setting.mjs";

const here = setting("chromium");
const title = (page) => inside(page, "#title", "textContent");

test("the language is the host's, then the browser's, then English", async () => {
	for (const [attributes, languages, want] of [
		[{ locale: "pt-BR" }, ["en-US"], "Confirme que é você"],
		[{ locale: "pt_PT" }, ["en-US"], "Confirme que é você"],
		[{ locale: "id-ID" }, ["en-US"], "Pastikan ini Anda"],
		[{}, ["fi-FI", "id"], "Pastikan ini Anda"],
		[{}, ["in-ID"], "Pastikan ini Anda"],
		[{}, ["fi-FI"], "Confirm it’s you"],
		[{ locale: "fi" }, ["pt-BR"], "Confirme que é você"],
	]) {
		const page = await element(here, { attributes, languages });
		assert.equal(await title(page), want, JSON.stringify([attributes, languages]));
		await page.close();
	}
	const page = await element(here, { attributes: { locale: "en" } });
	await page.evaluate(() => document.querySelector("rostod-capture").setAttribute("locale", "id"));
	assert.equal(await title(page), "Pastikan ini Anda", "it may change");
	assert.equal(await inside(page, ".frame", "lang"), "id");
	await page.close();
});

test("before the camera one is told of the colours, and both ways have one size", async () => {
	for (const locale of ["en", "pt-BR", "id"]) {
		const page = await element(here, { attributes: { locale } });
		assert.match(await inside(page, ".caution", "textContent"), /epilep/i);
		const sizes = await page.evaluate(() =>
			[...document.querySelector("rostod-capture").shadowRoot.querySelectorAll("button")].map((b) => {
				const { width, height } = b.getBoundingClientRect();
				return [Math.round(width), Math.round(height), getComputedStyle(b).fontSize];
			}),
		);
		assert.equal(sizes.length, 2);
		assert.deepEqual(sizes[0], sizes[1]);
		assert.deepEqual(await page.evaluate(() => window.camera.asked), [], "no camera before the customer agreed");
		await page.close();
	}
});

test("another way can be chosen at every step", async () => {
	const steps = {
		"before the camera": async () => {},
		"while the face is put into place": (p) => reach(p),
		"after a stop": async (p) => {
			await colours(p);
			await p.keyboard.press("a");
			await state(p, "stopped");
		},
	};
	for (const [what, go] of Object.entries(steps)) {
		const page = await element(here);
		await go(page);
		await press(page, "secondary");
		await state(page, "other_way");
		assert.deepEqual(await seen(page, "rostod-other-way"), [{ reason: "customer" }], what);
		if (what === "while the face is put into place") {
			await page.waitForFunction(() => window.daemon.deletes.length === 1);
			assert.equal(await page.evaluate(() => window.camera.track.readyState), "ended");
		}
		await page.close();
	}
});

test("a host without another way lets the customer cancel", async () => {
	const page = await element(here, { attributes: { "other-way": "cancel" } });
	assert.equal(await inside(page, "button.secondary", "textContent"), "Cancel");
	await press(page, "secondary");
	await state(page, "other_way");
	assert.equal(await title(page), "The check was ended");
	await page.close();
});

test("who may only leave is told of no other way", async () => {
	const page = await element(here, {
		attributes: { "other-way": "cancel" },
		media: { "prefers-reduced-motion": "reduce" },
	});
	const caution = await inside(page, ".caution", "textContent");
	assert.match(caution, /“Cancel”/);
	assert.match(caution, /less motion/);
	assert.doesNotMatch(caution, /another way/);
	await page.evaluate(() => document.querySelector("rostod-capture").setAttribute("noflash", ""));
	assert.match(await inside(page, "#text", "textContent"), /“Cancel”/);
	await page.close();
});

test("less motion makes another way the first choice", async () => {
	const page = await element(here, { media: { "prefers-reduced-motion": "reduce" } });
	assert.equal(await inside(page, "button.primary", "textContent"), "Use another way");
	assert.equal(await inside(page, "button.secondary", "textContent"), "Continue with colours");
	assert.match(await inside(page, ".advice", "textContent"), /less motion/);
	await press(page, "secondary");
	await state(page, "ready");
	await page.close();
});

test("noflash leaves another way only", async () => {
	const page = await element(here, { attributes: { noflash: "" } });
	const buttons = await page.evaluate(() =>
		[...document.querySelector("rostod-capture").shadowRoot.querySelectorAll("button")].map((b) => b.textContent),
	);
	assert.deepEqual(buttons, ["Use another way"]);
	assert.equal(await title(page), "This check has no colours");
	assert.match(await inside(page, "#text", "textContent"), /another way/);
	await page.evaluate(() => document.querySelector("rostod-capture").start());
	await pause(200);
	assert.deepEqual(await page.evaluate(() => window.camera.asked), []);
	await press(page, "primary");
	assert.deepEqual(await seen(page, "rostod-other-way"), [{ reason: "noflash" }]);
	await page.close();
});

test("retry goes on with the challenge that renew brings", async () => {
	const page = await element(here, { script: { done: { outcome: "retry", hint: "more_light" } } });
	await page.evaluate(() => {
		document.querySelector("rostod-capture").renew = async () => {
			window.daemon.script.done = { outcome: "captured", bundle: "a.b.c" };
			return { whipUrl: "/whip/fc_2", token: "ct_2" };
		};
	});
	await reach(page);
	await press(page, "primary");
	await state(page, "retry");
	assert.equal(await inside(page, "#text", "textContent"), "We need more light on your face");
	const ended = Date.now();
	await press(page, "primary");
	await state(page, "ready");
	assert.equal(
		await inside(page, ".guide button.primary", "ariaDisabled"),
		"true",
		"the page rests before more colours",
	);
	await page.waitForFunction(
		() => document.querySelector("rostod-capture").shadowRoot.querySelector("button.primary").ariaDisabled === "false",
		{ timeout: 20_000 },
	);
	assert.ok(Date.now() - ended > 3000);
	await press(page, "primary");
	assert.equal(await state(page, "captured", "problem"), "captured");
	assert.deepEqual(await page.evaluate(() => window.daemon.posts.map((p) => [p.path, p.authorization])), [
		["/whip/fc_1", "Bearer ct_1"],
		["/whip/fc_2", "Bearer ct_2"],
	]);
	assert.deepEqual(await seen(page, "rostod-retry"), [{ hint: "more_light" }]);
	await page.close();
});

test("without renew the host hears of it, sets a challenge and starts", async () => {
	const page = await element(here, { script: { done: { outcome: "retry", hint: "" } } });
	await page.evaluate(() => {
		const e = document.querySelector("rostod-capture");
		e.addEventListener("rostod-retry", () => {
			e.whipUrl = "/whip/fc_9";
			e.token = "ct_9";
			void e.start();
		});
	});
	await reach(page);
	await press(page, "primary");
	await state(page, "retry");
	await press(page, "primary");
	await state(page, "ready");
	assert.equal(await page.evaluate(() => window.daemon.posts.at(-1).path), "/whip/fc_9");
	await page.close();
});

test("a renew that fails is a problem that can be tried again", async () => {
	const page = await element(here, { script: { done: { outcome: "retry", hint: "" } } });
	await page.evaluate(() => {
		document.querySelector("rostod-capture").renew = () => Promise.reject(new Error("no"));
	});
	await reach(page);
	await press(page, "primary");
	await state(page, "retry");
	await press(page, "primary");
	await state(page, "problem");
	assert.deepEqual(await seen(page, "rostod-error"), [{ code: "failed", retryAfter: 0 }]);
	await page.close();
});

test("what WHIP refuses is a problem with a name", async (t) => {
	for (const [status, code] of [
		[401, "token"],
		[404, "unknown"],
		[409, "used"],
		[410, "expired"],
		[422, "offer"],
		[415, "offer"],
		[500, "failed"],
		[0, "network"],
	])
		await t.test(`${status} is ${code}`, async () => {
			const page = await element(here, { script: { status } });
			await press(page, "primary");
			await state(page, "problem");
			assert.deepEqual(await seen(page, "rostod-error"), [{ code, retryAfter: 0 }]);
			assert.equal(await page.evaluate(() => window.camera.track.readyState), "ended");
			assert.deepEqual(await page.evaluate(() => window.daemon.deletes), [], "there is nothing to withdraw");
			await page.close();
		});
});

test("a busy service is tried again when it asked to", async () => {
	const page = await element(here, { script: { status: 503, retryAfter: 2 } });
	await press(page, "primary");
	await state(page, "problem");
	assert.equal(await inside(page, "#text", "textContent"), "We will try again in 2 seconds.");
	await page.evaluate(() => {
		window.daemon.script.status = 201;
	});
	await state(page, "ready");
	assert.deepEqual(await seen(page, "rostod-error"), [{ code: "busy", retryAfter: 2 }]);
	await page.close();
});

test("what is asked of the camera", async () => {
	const page = await element(here);
	await reach(page);
	const [asked] = await page.evaluate(() => window.camera.asked);
	assert.equal(asked.audio, false);
	assert.deepEqual(asked.video, {
		width: { ideal: 640 },
		height: { ideal: 480 },
		frameRate: { ideal: 30, min: 24 },
		facingMode: "user",
		resizeMode: "none",
		backgroundBlur: false,
		faceFraming: false,
		eyeGazeCorrection: false,
	});
	assert.equal(await page.evaluate(() => window.camera.track.contentHint), "motion");
	await page.close();
});

test("a camera that cannot be had is a problem with a name", async (t) => {
	for (const [camera, code, asked] of [
		[{ refuse: "NotAllowedError" }, "denied", 1],
		[{ refuse: "NotFoundError" }, "no_camera", 1],
		[{ refuse: "NotReadableError" }, "in_use", 1],
		[{ slow: 10 }, "slow_camera", 2],
	])
		await t.test(code, async () => {
			const page = await element(here, { camera });
			await press(page, "primary");
			await state(page, "problem");
			assert.deepEqual(await seen(page, "rostod-error"), [{ code, retryAfter: 0 }]);
			assert.equal(await page.evaluate(() => window.camera.asked.length), asked);
			await page.evaluate(() => Object.assign(window.camera, { refuse: "", slow: 0 }));
			await press(page, "primary");
			await state(page, "ready");
			await page.close();
		});
	const page = await element(here, { camera: { slow: 15 } });
	await reach(page);
	assert.deepEqual(await page.evaluate(() => window.camera.asked.map((a) => a.video.frameRate.min)), [24, 15]);
	await page.close();
});

test("exposure, white balance and focus are held before the first colour, and reported", async () => {
	const page = await element(here, {
		camera: {
			settings: {
				exposureMode: "continuous",
				exposureTime: 156,
				whiteBalanceMode: "continuous",
				colorTemperature: 4300,
			},
			capabilities: {
				exposureMode: ["continuous", "manual"],
				whiteBalanceMode: ["continuous", "manual"],
				focusMode: ["continuous"],
			},
		},
	});
	await colours(page);
	const [asked] = await page.evaluate(() => window.camera.constraints);
	assert.deepEqual(asked.advanced, [
		{ exposureMode: "manual", exposureTime: 156, whiteBalanceMode: "manual", colorTemperature: 4300 },
	]);
	assert.deepEqual(asked.width, { ideal: 640 }, "the size is asked for again, or it would be lost");
	const [hello] = await heard(page, "hello");
	assert.equal(hello.camera.settings.exposureMode, "continuous");
	const [shown] = await heard(page, "shown");
	assert.equal(shown.i, 0);
	assert.equal(shown.camera.settings.exposureMode, "manual");
	assert.equal(shown.camera.settings.exposureTime, 156);
	await page.close();
});

test("one of several cameras can be chosen, and is remembered", async () => {
	const page = await element(here, { camera: { count: 2 } });
	await reach(page);
	assert.equal(await inside(page, "select", "exists"), true);
	const first = await page.evaluateHandle(() => window.camera.track);
	const select = await page.evaluateHandle(() =>
		document.querySelector("rostod-capture").shadowRoot.querySelector("select"),
	);
	await select.asElement().select("cam2");
	await page.waitForFunction(() => localStorage.getItem("rostod.camera") === "cam2");
	assert.equal(await page.evaluate((t) => t.readyState, first), "ended");
	assert.deepEqual(await page.evaluate(() => window.camera.asked.at(-1).video.deviceId), { ideal: "cam2" });
	await press(page, "primary");
	assert.equal(await state(page, "captured", "stopped", "problem"), "captured");
	assert.equal(await page.evaluate(() => window.daemon.posts.length), 1, "the session is the same");
	await page.close();
	const again = await element(here, { camera: { count: 1 } });
	await reach(again);
	assert.deepEqual(await again.evaluate(() => window.camera.asked[0].video.deviceId), { ideal: "cam2" });
	assert.equal(await inside(again, "select", "exists"), false, "one camera is no choice");
	await again.evaluate(() => localStorage.clear());
	await again.close();
});

test("a browser without what is needed is told so before the camera is asked for", async () => {
	const page = await element(here, {
		setup: () => {
			delete window.RTCPeerConnection;
		},
	});
	await press(page, "primary");
	await state(page, "problem");
	assert.deepEqual(await seen(page, "rostod-error"), [{ code: "old_browser", retryAfter: 0 }]);
	assert.deepEqual(await page.evaluate(() => window.camera.asked), []);
	await page.close();
});

test("keys alone lead through, and focus follows", async () => {
	const page = await element(here, { script: { judging: 2000 } });
	const focused = () =>
		page.evaluate(() => {
			const a = document.querySelector("rostod-capture").shadowRoot.activeElement;
			return a && (a.tagName === "SECTION" ? "screen" : a.tagName === "DIALOG" ? "stage" : a.textContent);
		});
	await page.keyboard.press("Tab");
	assert.equal(await focused(), "Continue");
	await page.keyboard.press("Enter");
	await state(page, "ready");
	assert.equal(await focused(), "Start", "what comes next has the focus");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => window.daemon.messages("shown").length > 0);
	assert.equal(await focused(), "stage");
	assert.match(await inside(page, "dialog", "ariaLabel"), /keep still for six seconds/);
	await state(page, "checking");
	await page.waitForFunction(
		() =>
			document.querySelector("rostod-capture").shadowRoot.querySelector(".aloud").textContent ===
			"The colours are over.",
	);
	assert.equal(await inside(page, "dialog", "open"), false, "nothing under a dialog is read");
	await state(page, "captured");
	assert.equal(await focused(), "screen");
	assert.equal(await inside(page, "section", "ariaLive"), null);
	assert.equal(
		await page.evaluate(() => {
			const root = document.querySelector("rostod-capture").shadowRoot;
			const s = root.querySelector("section");
			return [s.getAttribute("aria-labelledby"), s.getAttribute("aria-describedby")].every((id) =>
				root.getElementById(id),
			);
		}),
		true,
	);
	await page.close();
});
