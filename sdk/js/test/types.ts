// Read by tsc alone: what the declarations promise, and what they refuse.
import { capture, type Evaluation, type Rostod, rostod, type StepUp, verifyWebhook } from "../index.js";

export async function promised(): Promise<void> {
	const qe: Rostod = rostod({ baseUrl: "http://127.0.0.1:8484", apiKey: "k" });
	const { bundle } = await capture(await qe.identity.flashChallenge({ customerId: "cus_1" }));
	const s: StepUp = await qe.identity.authStepUp({ customerId: "cus_1", riskLevel: "high", bundle });
	const fresh: boolean = await qe.identity.verifications.checkFreshness({ verificationId: s.verification.id, maxAgeMinutes: 60 });
	const e: Evaluation = await qe.antiFraud.evaluate({ customerId: "cus_1", lane: "transaction", externalId: "t" });
	if (fresh && e.decision === "block") await verifyWebhook({}, "", "s");
	// @ts-expect-error there is no such risk level
	await qe.identity.authStepUp({ customerId: "cus_1", riskLevel: "highest" });
	// @ts-expect-error an externalId is needed
	await qe.antiFraud.evaluate({ customerId: "cus_1", lane: "transaction" });
	// @ts-expect-error there is no such decision
	if (e.decision === "deny") return;
}
