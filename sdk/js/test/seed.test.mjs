// The vendor's samples, as they stand in seed.mjs, with two bundles of a customer
// who lives: ROSTOD_BUNDLE_1 and 2.
import assert from "node:assert/strict";
import { test } from "node:test";
import { qe } from "./daemon.mjs";
import { combined, reuse } from "./seed.mjs";

const AsyncFunction = (async () => {}).constructor;
const customerId = "cus_seed";
test("reusing a fresh capture", async () => {
	const sample = new AsyncFunction("qe", "customerId", "bundle", `${reuse}\nreturn { stepUp, verificationId, isValid };`);
	const got = await sample(qe, customerId, process.env.ROSTOD_BUNDLE_1);
	assert.equal(got.stepUp.allow, true, JSON.stringify(got.stepUp));
	assert.match(got.verificationId, /^ver_/);
	assert.equal(got.isValid, true);
});

test("combining with anti-fraud", async () => {
	const txn = { id: "seed-1", amount: 5_000_000, beneficiary: { name: "Budi Santoso", account: "1234567890" } };
	const said = [];
	const names = ["qe", "customerId", "txn", "req", "reject", "hold", "commitTransfer", "request"];
	let stepUp;
	const watched = { ...qe, identity: { ...qe.identity, authStepUp: async (r) => (stepUp = await qe.identity.authStepUp(r)) } };
	const sample = new AsyncFunction(...names, combined.replace("{ ... }", "request"));
	await sample(
		watched, customerId, txn, { ip: "10.0.0.7" },
		(why) => said.push(why), (why) => said.push(why), async (t) => said.push(`committed ${t.id}`),
		{ customerId, riskLevel: "high", bundle: process.env.ROSTOD_BUNDLE_2 },
	);
	assert.deepEqual(said, ["committed seed-1"]);
	const nobody = await sample(
		{ ...qe, identity: { authStepUp: async () => ({ allow: false }) } }, customerId, txn, {}, (why) => why, (why) => why, async () => "committed", {},
	);
	assert.equal(nobody, "biometric_failed");
	await qe.customers.create({ customerId, fullName: "Ana" });
	await qe.customers.update(customerId, { status: "suspended" });
	txn.id = "seed-2";
	const blocked = await sample(
		{ ...qe, identity: { authStepUp: async () => stepUp } }, customerId, txn, {}, (why) => why, (why) => why, async () => "committed", {},
	);
	assert.equal(blocked, "fraud_block");
});
