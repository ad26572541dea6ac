// The SDK against a daemon that runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RostodError, rostod } from "../index.js";
import { bundleOf } from "./compat.mjs";
import { apiKey, baseUrl, photo, qe } from "./daemon.mjs";

test("a customer, from the entry to the level", async () => {
	const made = await qe.customers.create({ customerId: "js/ana", fullName: "Ana Souza" });
	assert.equal(made.kycLevel, "none");
	await assert.rejects(qe.customers.create({ customerId: "js/ana", fullName: "x" }), { status: 409, code: "customer/exists" });
	await assert.rejects(qe.customers.create({}), (e) => {
		assert(e instanceof RostodError);
		assert.equal(e.status, 400);
		assert.deepEqual(Object.keys(e.fields), ["fullName"]);
		assert.notEqual(e.traceId, "");
		return true;
	});
	const once = { idempotencyKey: "js-one" };
	const first = await qe.customers.create({ fullName: "Budi" }, once);
	assert.equal((await qe.customers.create({ fullName: "Budi" }, once)).id, first.id);
	assert.equal((await qe.customers.update(first.id, { status: "closed" })).status, "closed");
	await assert.rejects(qe.customers.update(first.id, { status: "active" }), { code: "customer/closed" });
	const page = await qe.customers.list({ limit: 1 });
	assert.equal(page.data.length, 1);
	assert.equal((await qe.customers.list({ limit: 200, cursor: page.meta.next })).data.some((c) => c.id === "js/ana"), true);
});

test("a face, from the enrolment to the receipt", async () => {
	const challenge = await qe.identity.flashChallenge({ customerId: "js/ana" });
	assert.match(challenge.captureUrl, /\/capture\/fc_.*#ct_/);
	assert.equal((await qe.identity.challenge(challenge.id)).state, "created");
	const enrolled = await qe.identity.enroll({ customerId: "js/ana", image: await photo("img4.jpg") });
	assert.match(enrolled.id, /^fe_/);
	const matched = await qe.identity.match({ customerId: "js/ana", image: await photo("img2.jpg") });
	assert.equal(matched.match?.verdict, "match");
	const stepUp = await qe.authStepUp({ customerId: "js/ana", riskLevel: "medium", trigger: "js", image: await photo("img2.jpg") });
	assert.equal(stepUp.allow, true);
	const { id: verificationId } = stepUp.verification;
	assert.equal(await qe.identity.verifications.checkFreshness({ verificationId, maxAgeMinutes: 60 }), true);
	assert.equal(await qe.identity.verifications.checkFreshness({ verificationId, riskLevel: "high" }), false);
	assert.equal(await qe.identity.verifications.checkFreshness({ verificationId: "ver_none" }), false);
	assert.equal((await qe.identity.verifications.freshness({ verificationId, riskLevel: "high" })).reason, "made_for_lower_risk");
	assert.equal((await qe.identity.verifications.get(verificationId)).customerId, "js/ana");
	assert.equal((await qe.identity.kyc.enterCheck("js/ana", { method: "document_seen", status: "verified" })).customer.kycLevel, "standard");
	assert.equal((await qe.identity.kyc.get("js/ana", { level: "premium" })).eligible, false);
	const rows = await qe.identity.attempts.list({ customerId: "js/ana", trigger: "js" });
	assert.equal(rows.data[0].verificationId, verificationId);
	assert.equal((await qe.receipt(rows.data[0].journal)).opened.customer.value, "js/ana");
});

test("an object is a bundle too, and a used one is refused", async () => {
	const challenge = await qe.identity.flashChallenge({ customerId: "js/ana", profile: "compat", steps: 3 });
	const bundle = bundleOf(challenge, [await photo("img42.jpg")]);
	const found = await qe.identity.liveness({ customerId: "js/ana", bundle });
	assert.notEqual(found.liveness.verdict, "live"); // one picture shows no light of the colours
	await assert.rejects(qe.identity.liveness({ customerId: "js/ana", bundle }), { status: 409, code: "bundle/used" });
});

test("money", async () => {
	const { sessionToken, expiresIn } = await qe.antiFraud.deviceSession({ device: { platform: "ios" }, riskSignals: { emulator: true } });
	assert.equal(expiresIn, 1800);
	const transaction = { customerId: "js/budi", lane: "transaction", externalId: "js-1", sessionToken, amount: 1000 };
	const found = await qe.antiFraud.evaluate(transaction);
	assert.equal(found.decision, "flag");
	assert.equal(found.stepUpRiskLevel, "medium");
	assert.equal((await qe.antiFraud.evaluate(transaction)).sessionId, found.sessionId);
	await assert.rejects(qe.antiFraud.evaluate({ ...transaction, amount: 1 }), { code: "antifraud/other-request" });
});

test("a process", async () => {
	const p = await qe.processes.create({ subject: { code: "52998224725", name: "Ana", clientReference: "js-acc" }, imageBase64: await photo("img4.jpg") });
	assert.deepEqual([p.status, p.liveness], [3, 1]);
	assert.equal((await qe.processes.get(p.id)).id, p.id);
	await assert.rejects(qe.processes.create({}), (e) => e.status === 400 && /^\d+$/.test(e.code));
});

test("a key that is none, and an address where nobody is", async () => {
	await assert.rejects(rostod({ baseUrl, apiKey: `${apiKey}x` }).customers.list(), { status: 401 });
	const nobody = rostod({ baseUrl: "http://127.0.0.1:9", apiKey, pause: async () => {} });
	await assert.rejects(nobody.customers.list(), { status: 0, message: "there is no answer" });
	assert.throws(() => rostod({ baseUrl, apiKey: "" }), TypeError);
});
