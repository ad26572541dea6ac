// What is repeated, when, and under which key: by answers that follow a script.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rostod } from "../index.js";

/** against is an SDK whose answers are given; 0 is a connection that breaks. */
function against(...answers) {
	const asked = [];
	const waited = [];
	const qe = rostod({
		baseUrl: "http://kiosk:8484/",
		apiKey: "rk_secret",
		pause: async (ms) => waited.push(ms),
		fetch: async (url, init) => {
			asked.push({ url, ...init });
			const [status, body = {}, headers = {}] = answers.shift();
			if (status === 0) throw new TypeError("fetch failed");
			return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
		},
	});
	return { qe, asked, waited };
}

const busy = [503, { code: "models/busy", title: "Busy." }, { "Retry-After": "2" }];
const stepUp = (qe, call) => qe.identity.authStepUp({ customerId: "c" }, call);
const update = (qe) => qe.customers.update("c", {});
const evaluate = (qe) => qe.antiFraud.evaluate({ customerId: "c", lane: "transaction", externalId: "t" });

for (const [name, act, answers, sent, waits, code] of [
	["at once", stepUp, [[200]], 1, [], undefined],
	["busy, then good", stepUp, [busy, [200]], 2, [2000], undefined],
	["broken, then good", evaluate, [[0], [200, { data: {} }]], 2, [100], undefined],
	["broken thrice", evaluate, [[0], [0], [0]], 3, [100, 200], ""],
	["always busy", stepUp, [busy, busy, busy], 3, [2000, 2000], "models/busy"],
	["under way", stepUp, [[409, { code: "idempotency/in-progress" }], [200]], 2, [100], undefined],
	["told to wait too long", stepUp, [[429, { code: "rate/exceeded" }, { "Retry-After": "31" }]], 1, [], "rate/exceeded"],
	["locked", stepUp, [[422, { code: "stepup/locked" }, { "Retry-After": "900" }]], 1, [], "stepup/locked"],
	["our mistake", stepUp, [[500, { code: "internal/error" }]], 1, [], "internal/error"],
	["a change, and broken", update, [[0]], 1, [], ""],
	["a change, and busy", update, [busy], 1, [], "models/busy"],
	["not JSON", stepUp, [[200, "<html>"]], 1, [], ""],
	["a proxy", stepUp, [[403, "<html>"]], 1, [], ""],
])
	test(name, async () => {
		const { qe, asked, waited } = against(...answers);
		if (code === undefined) await act(qe);
		else await assert.rejects(act(qe), { name: "RostodError", code });
		assert.equal(asked.length, sent);
		assert.deepEqual(waited, waits);
		const keys = new Set(asked.map((a) => a.headers["Idempotency-Key"]));
		assert.equal(keys.size, 1);
		assert.equal(keys.has(undefined), act !== stepUp);
	});

test("the caller's own key and signal", async () => {
	const { qe, asked } = against([200]);
	const { signal } = new AbortController();
	await stepUp(qe, { idempotencyKey: "txn-7", signal });
	assert.equal(asked[0].headers["Idempotency-Key"], "txn-7");
	assert.equal(asked[0].signal, signal);
	assert.equal(asked[0].url, "http://kiosk:8484/api/identity/auth/step-up");
});

test("what is wrong is told in every family's words", async () => {
	for (const [body, want] of [
		[{ error: "validation failed", details: { fieldErrors: { fullName: ["required"] } } }, { message: "validation failed", code: "", fields: { fullName: ["required"] } }],
		[{ title: "None.", code: "ring/none", hint: "Look." }, { message: "None.", code: "ring/none", hint: "Look." }],
		[{ error: { code: "3", description: "invalid flow" }, code: 3, message: "invalid flow", details: [] }, { message: "invalid flow", code: "3" }],
		[{ error: { code: "20507", description: "inválido" } }, { message: "inválido", code: "20507" }],
	])
		await assert.rejects(stepUp(against([400, body]).qe), { status: 400, ...want });
});
