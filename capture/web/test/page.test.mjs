// The hosted page: what it says of a challenge, and whom it tells.
import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./browsers.mjs";
import { inside, pause, press, reach, seen, setting, state } from "./setting.mjs";

const here = setting("chromium");
const title = (page) => inside(page, "#title", "textContent");

/** hosted opens the page of a challenge. */
async function hosted(id, { config, fragment = "#ct_1", script, languages } = {}) {
	if (config) here.server.configs[id] = config;
	const page = await open(here.browser, `${here.server.origin}/test/empty.html`);
	if (languages)
		await page.evaluateOnNewDocument((l) => Object.defineProperty(navigator, "languages", { get: () => l }), languages);
	await page.evaluateOnNewDocument((s) => Object.assign(window.daemon.script, s), script ?? {});
	await page.goto(`${here.server.origin}/capture/${id}${fragment}`);
	await page.waitForFunction(() => document.querySelector("rostod-capture")?.state);
	return page;
}

test("a whole capture on the page", async () => {
	const asked = [];
	const page = await hosted("fc_whole", { config: { locale: "id" } });
	page.on("request", (r) => asked.push(r.url()));
	assert.equal(await title(page), "Pastikan ini Anda");
	assert.equal(await page.evaluate(() => document.documentElement.lang), "id");
	assert.equal(await page.title(), "Pemeriksaan wajah");
	await reach(page);
	await press(page, "primary");
	assert.equal(await state(page, "captured", "problem"), "captured");
	assert.equal(await page.evaluate(() => window.daemon.posts[0].authorization), "Bearer ct_1");
	assert.deepEqual(await seen(page, "violation"), []);
	assert.deepEqual(page.trouble, []);
	assert.deepEqual(asked, []);
	await page.close();
});

test("the token leaves the address, and outlives a reload", async () => {
	const page = await hosted("fc_token_kept");
	assert.equal(page.url(), `${here.server.origin}/capture/fc_token_kept`);
	await page.reload();
	await page.waitForFunction(() => document.querySelector("rostod-capture")?.state);
	assert.equal(await title(page), "Confirm it’s you");
	await page.close();
});

test("a challenge that cannot be opened has a page that says so, in each language", async (t) => {
	for (const [id, title_, fragment] of [
		["fc_expired", { en: "The time has run out", "pt-BR": "O tempo acabou", id: "Waktunya habis" }],
		[
			"fc_used",
			{
				en: "This check was already used",
				"pt-BR": "Esta verificação já foi usada",
				id: "Pemeriksaan ini sudah dipakai",
			},
		],
		[
			"fc_unknown",
			{ en: "This check does not exist", "pt-BR": "Esta verificação não existe", id: "Pemeriksaan ini tidak ada" },
		],
		[
			"fc_token",
			{ en: "This link is not complete", "pt-BR": "Este link está incompleto", id: "Tautan ini tidak lengkap" },
		],
		[
			"fc_bare",
			{ en: "This link is not complete", "pt-BR": "Este link está incompleto", id: "Tautan ini tidak lengkap" },
			"",
		],
		["fc_broken", { en: "Something went wrong", "pt-BR": "Algo deu errado", id: "Terjadi kesalahan" }],
	])
		for (const [language, want] of Object.entries(title_))
			await t.test(`${id} in ${language}`, async () => {
				const page = await hosted(id, { fragment: fragment ?? "#ct_1", languages: [language] });
				await state(page, "problem");
				assert.equal(await title(page), want);
				await page.close();
			});
});

test("a challenge that ends while nobody begins says so", async () => {
	const page = await hosted("fc_short", { config: { expiresAt: new Date(Date.now() + 2500).toISOString() } });
	assert.equal(await title(page), "Confirm it’s you");
	await state(page, "problem");
	assert.deepEqual(await seen(page, "rostod-error"), [{ code: "expired", retryAfter: 0 }]);
	await page.close();
});

test("without anybody to ask for a new challenge there is no try again", async () => {
	const page = await hosted("fc_alone", { script: { done: { outcome: "retry", hint: "closer" } } });
	await reach(page);
	await press(page, "primary");
	await state(page, "retry");
	const buttons = await page.evaluate(() =>
		[...document.querySelector("rostod-capture").shadowRoot.querySelectorAll("button")].map((b) => b.textContent),
	);
	assert.deepEqual(buttons, ["Use another way"]);
	await page.close();
});

test("the outcome goes to the return address, in the fragment", async (t) => {
	const back = () => `${here.server.origin}/test/empty.html?order=7`;
	const cases = {
		captured: [{}, "captured", { outcome: "captured", bundle: "e30.e30.c2ln" }, async () => {}],
		retry: [
			{ done: { outcome: "retry", hint: "closer" } },
			"retry",
			{ outcome: "retry", hint: "closer" },
			(p) => press(p, "primary"),
		],
		"another way": [
			{ done: { outcome: "other_way" } },
			"other_way",
			{ outcome: "other_way", reason: "daemon" },
			async () => {},
		],
	};
	for (const [what, [script, wanted, want, then]] of Object.entries(cases))
		await t.test(what, async () => {
			const page = await hosted(`fc_back_${wanted}`, { config: { returnUrl: back() }, script });
			await reach(page);
			await press(page, "primary");
			await state(page, wanted);
			await then(page);
			await page.waitForFunction(() => location.pathname === "/test/empty.html", { timeout: 20_000 });
			const url = new URL(page.url());
			assert.equal(url.search, "?order=7");
			assert.deepEqual(Object.fromEntries(new URLSearchParams(url.hash.slice(1))), want);
			await page.close();
		});
	await t.test("an address that is a script is none", async () => {
		const page = await hosted("fc_script", { config: { returnUrl: "javascript:document.title='taken'" } });
		await press(page, "secondary");
		await pause(2200);
		assert.notEqual(await page.title(), "taken");
		await page.close();
	});
});

/** framed opens a page of the host at origin that holds the capture in a frame, and answers that frame. */
async function framed(origin, id, config, wait = true) {
	here.server.configs[id] = config;
	const page = await open(here.browser, `${origin}/test/empty.html`);
	await page.evaluate((src) => {
		window.messages = [];
		window.addEventListener("message", (e) => window.messages.push({ origin: e.origin, ...e.data }));
		const frame = document.createElement("iframe");
		frame.allow = "camera; fullscreen; screen-wake-lock";
		frame.src = src;
		frame.width = "1000";
		frame.height = "700";
		document.body.append(frame);
	}, `${here.server.origin}/capture/${id}#ct_1`);
	const frame = wait && (await page.waitForFrame((f) => f.url().includes(`/capture/${id}`)));
	return { page, frame };
}

test("a frame tells the page that the daemon allows", async () => {
	const { page, frame } = await framed(here.server.other, "fc_framed", {
		origins: ["https://elsewhere.example", here.server.other, "*", "null"],
	});
	await frame.waitForFunction(() => document.querySelector("rostod-capture")?.state);
	const button = async (which) => {
		const h = await frame.evaluateHandle(
			(w) => document.querySelector("rostod-capture").shadowRoot.querySelector(`button.${w}`),
			which,
		);
		await h.asElement().click();
	};
	await button("primary");
	await frame.waitForFunction(() => document.querySelector("rostod-capture").state === "ready", { timeout: 15_000 });
	await button("primary");
	await page.waitForFunction(() => window.messages.some((m) => m.type === "rostod-captured"), { timeout: 15_000 });
	const messages = await page.evaluate(() => window.messages);
	for (const m of messages) assert.deepEqual([m.origin, m.source], [here.server.origin, "rostod-capture"]);
	assert.deepEqual(messages.at(-1).detail, { bundle: "e30.e30.c2ln" });
	assert.deepEqual(
		messages.filter((m) => m.type === "rostod-progress").map((m) => m.detail.state),
		["camera", "connecting", "position", "ready", "colours", "checking", "captured"],
	);
	await page.close();
});

test("a page that is not allowed may not frame it", async () => {
	const { page } = await framed(here.server.other, "fc_foreign", { origins: ["https://elsewhere.example"] }, false);
	await pause(1000);
	const inner = page.frames().find((f) => f !== page.mainFrame());
	assert.equal(await inner.evaluate(() => document.querySelector("rostod-capture")?.state ?? "kept out"), "kept out");
	assert.deepEqual(await page.evaluate(() => window.messages), []);
	await page.close();
});

test("where the policy lets it in all the same, it says that it may not be there, and nothing to anybody", async () => {
	const { page, frame } = await framed(here.server.other, "fc_let_in", {
		origins: ["https://elsewhere.example"],
		framedBy: [here.server.other],
	});
	await frame.waitForFunction(() => document.querySelector("rostod-capture")?.state === "problem");
	assert.equal(
		await frame.evaluate(() => document.querySelector("rostod-capture").shadowRoot.querySelector("#title").textContent),
		"This page may not be shown here",
	);
	assert.deepEqual(await page.evaluate(() => window.messages), []);
	await page.close();
});
