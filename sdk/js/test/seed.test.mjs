// The vendor's samples, as they stand in seed.mjs, with bundles of a virtual
// customer who lives. ROSTOD_BUNDLES answers a new one to each POST.
import assert from "node:assert/strict";
import { test } from "node:test";
import { qe } from "./daemon.mjs";
import { combined, reuse } from "./seed.mjs";

const AsyncFunction = (async () => {}).constructor;
const customerId = "cus_seed";
/** What a machine with other work brings about, whoever is in front of the camera. */
const slow = ["frame_rate", "display_unstable", "low_bitrate"];

const bundleOf = async () => (await fetch(process.env.ROSTOD_BUNDLES, { method: "POST" })).text();

/** lively runs a sample again, three times at most, while the machine was too slow to film. */
async function lively(run) {
	for (let tried = 1; ; tried++) {
		const { stepUp, ...rest } = await run(await bundleOf());
		if (stepUp.allow || tried === 3 || !stepUp.reasons?.some((r) => slow.includes(r))) return { stepUp, ...rest };
	}
}

test("reusing a fresh capture", async () => {
	const sample = new AsyncFunction("qe", "customerId", "bundle", `${reuse}\nreturn { stepUp, verificationId, isValid };`);
	const got = await lively((bundle) => sample(qe, customerId, bundle));
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
	const run = async (bundle) => {
		said.length = 0;
		await sample(
			watched, customerId, txn, { ip: "10.0.0.7" },
			(why) => said.push(why), (why) => said.push(why), async (t) => said.push(`committed ${t.id}`),
			{ customerId, riskLevel: "high", bundle },
		);
		return { stepUp };
	};
	await lively(run);
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
