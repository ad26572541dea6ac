// The samples of the vendor's guide "Step-up auth on high-value transfers", as
// they stand there.
export const reuse = `
// First action — captures a fresh bundle
const stepUp = await qe.identity.authStepUp({
customerId, riskLevel: 'high', actionLabel: 'transfer 50M',
trigger: 'high_value_transfer', bundle,
});
const verificationId = stepUp.verification.id;
// commit transfer with verificationId on the record
// Second action within 60 min — no new bundle needed
const isValid = await qe.identity.verifications.checkFreshness({
verificationId,
maxAgeMinutes: 60,
});
if (isValid) {
// proceed with second action; same verificationId on the record
}`;

export const combined = `
// 1. Step-up biometric
const stepUp = await qe.identity.authStepUp({ ... });
if (!stepUp.allow) return reject('biometric_failed');
// 2. Anti-fraud evaluate (lane=transaction)
const fraud = await qe.antiFraud.evaluate({
customerId,
lane: 'transaction',
externalId: txn.id,
amount: txn.amount,
currency: 'IDR',
data: {
channel: 'transfer',
beneficiaryName: txn.beneficiary.name,
beneficiaryAccount: txn.beneficiary.account,
ipAddress: req.ip,
},
});
if (fraud.decision === 'block') return reject('fraud_block');
if (fraud.decision === 'review') return hold('fraud_review');
// 3. Commit transaction
await commitTransfer(txn);`;
