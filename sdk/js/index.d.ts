import type { CaptureChallenge } from "./capture.js";

export { type CaptureChallenge, CaptureError, type CaptureOptions, capture } from "./capture.js";

export interface Options {
	/** http://127.0.0.1:8484 */
	baseUrl: string;
	/** From `rostod keys create`. Never in a browser. */
	apiKey: string;
	/** How often what may be repeated is sent at most; 3 when left out. */
	tries?: number;
	/** Milliseconds for one call with all its tries; 60000 when left out. */
	timeout?: number;
	fetch?: typeof fetch;
	/** Waits so many milliseconds before another try. */
	pause?: (ms: number) => Promise<unknown>;
}

/** Settings of one call. */
export interface Call {
	/** The same key and request again, also after a restart, get the first answer. One is made when left out. */
	idempotencyKey?: string;
	signal?: AbortSignal;
}

export type RiskLevel = "none" | "low" | "medium" | "high";
export type KYCLevel = "none" | "basic" | "standard" | "premium";
/** A bundle: the string that a capture gave, or an object of profile compat. */
export type Bundle = string | { [member: string]: unknown };

export interface ChallengeRequest {
	customerId: string;
	deviceId?: string;
	ttlMs?: number;
	steps?: number;
	purpose?: "face";
	profile?: "flash" | "compat";
	locale?: string;
	returnUrl?: string;
	allowOtherWay?: boolean;
	noflash?: boolean;
	soft?: boolean;
}

export interface Challenge extends CaptureChallenge {
	id: string;
	purpose: string;
	state?: "created" | "capturing" | "finished" | "expired" | "aborted";
	expiresAt: string;
	nonce?: string;
	colors?: string[];
	holdMs?: number[];
	hmacSecret?: string;
	liveness?: Liveness;
}

export interface Liveness {
	verdict: "live" | "spoof" | "unclear";
	assuranceTier: "low" | "standard" | "high";
	score?: number;
	voters?: { name: string; passed: boolean }[];
}

export interface Match {
	verdict: "match" | "no_match" | "grey_zone";
	/** Only for keys with scores:view. */
	similarity?: number;
	threshold?: number;
}

export interface Verification {
	id: string;
	status: "verified" | "failed" | "pending";
	score?: number;
	freshUntil?: string;
	customerId?: string;
	method?: string;
	riskLevel?: RiskLevel;
	createdAt?: string;
}

export interface StepUpRequest {
	customerId: string;
	riskLevel?: RiskLevel;
	actionLabel?: string;
	trigger?: string;
	bundle?: Bundle;
	/** Instead of a bundle, base64: worth the lowest assurance. */
	image?: string;
	deviceId?: string;
}

export interface StepUp {
	/** All that decides. */
	allow: boolean;
	liveness?: Liveness;
	match?: Match;
	/** There, unless riskLevel was none. */
	verification: Verification;
	reasons?: string[];
	/** What to tell the customer before another try. */
	hints?: string[];
	audit: { attemptId: string; riskLevel: RiskLevel; trigger?: string; actionLabel?: string; policyVersion: number; decidedAt: string };
}

export interface Checked {
	verification: Verification;
	match?: Match;
	liveness?: Liveness;
	reasons?: string[];
	hints?: string[];
	attemptId: string;
}

export interface FreshnessRequest {
	verificationId: string;
	maxAgeMinutes?: number;
	riskLevel?: RiskLevel;
	customerId?: string;
}

export interface Freshness {
	fresh: boolean;
	verificationId: string;
	reason?: string;
	riskLevel?: RiskLevel;
	ageSeconds?: number;
	expiresAt?: string;
}

export interface Attempt {
	id: string;
	customerId?: string;
	method?: string;
	status?: string;
	allow: boolean;
	riskLevel?: RiskLevel;
	trigger?: string;
	actionLabel?: string;
	liveness?: Liveness;
	match?: Match;
	verificationId?: string;
	journal?: number;
	createdAt: string;
}

export interface Page<T> {
	data: T[];
	limit: number;
	total?: number;
	meta: { next?: string; pages?: number };
}

export interface Customer {
	id: string;
	fullName: string;
	dateOfBirth?: string;
	email?: string;
	phone?: string;
	nationalId?: string;
	status: "active" | "suspended" | "closed";
	kycLevel: KYCLevel;
	kycLastVerifiedAt?: string;
	kycExpiresAt?: string;
	version: number;
	createdAt: string;
	updatedAt: string;
}

export interface CustomerRequest {
	customerId?: string;
	fullName: string;
	dateOfBirth?: string;
	email?: string;
	phone?: string;
	nationalId?: string;
}

export interface CustomerChange extends Partial<Omit<CustomerRequest, "customerId">> {
	version?: number;
	status?: Customer["status"];
	reason?: string;
}

export interface KYC {
	customer: { id: string; fullName: string; status: Customer["status"]; kycLevel: KYCLevel; kycLastVerifiedAt: string | null; kycExpiresAt: string | null };
	eligible: boolean;
	verifications: { id: string; method: string; status: string; score?: number; createdAt: string }[];
	history: { from: KYCLevel; to: KYCLevel; at: string }[];
}

export interface Check {
	method: "document_seen" | "ktp_capture" | "nik_format" | "nik_dukcapil";
	status: "verified" | "failed";
	reference?: string;
	validUntil?: string;
}

export interface Transaction {
	customerId: string;
	lane: "onboarding" | "transaction";
	/** Your own name for it: the same again gets the same answer. */
	externalId: string;
	sessionToken?: string;
	orgId?: string;
	/** In the currency's smallest unit. */
	amount?: number;
	currency?: string;
	data?: {
		channel?: "transfer" | "qris" | "card" | "atm" | "topup" | "withdrawal";
		beneficiaryName?: string;
		beneficiaryAccount?: string;
		beneficiaryBank?: string;
		merchantCategory?: string;
		ipAddress?: string;
		userAgent?: string;
	};
}

export interface Evaluation {
	decision: "allow" | "flag" | "review" | "block";
	fraudScore: number;
	subScores: { rules: number; velocity: number; ml: number };
	appliedRules: { code: string; name: string; action: "flag" | "review" | "block"; severity: string; score: number }[];
	sessionId: string;
	/** Ask for the customer's face at this level before it goes on. */
	stepUpRiskLevel?: "medium" | "high";
	deviceSession: "none" | "valid" | "unknown" | "expired";
	rulesVersion: number;
	evaluatedAt: string;
}

export interface DeviceSessionRequest {
	device: { deviceId?: string; platform?: string; osVersion?: string; model?: string; locale?: string; timezone?: string };
	riskSignals?: { jailbroken?: boolean; rooted?: boolean; emulator?: boolean; vpn?: boolean };
}

export interface ProcessRequest {
	subject: { code: string; name: string; clientReference?: string; birthDate?: string; email?: string; phone?: string };
	/** base64, or the bundle of a capture. */
	imageBase64: string;
}

export interface Process {
	id: string;
	status: 1 | 2 | 3 | 4 | 5;
	liveness?: 1 | 2;
	authenticated?: boolean;
	score?: number;
	idCloud?: { result: "reproved" | "inconclusive" };
	unicoId?: { result: "yes" | "no" | "inconclusive" };
	identityFraudsters?: { result: "yes" | "inconclusive" };
}

export interface Rostod {
	identity: {
		flashChallenge(request: ChallengeRequest, call?: Call): Promise<Challenge>;
		challenge(id: string, call?: Call): Promise<Challenge>;
		enroll(request: { customerId: string; image?: string; bundle?: Bundle; source?: string; capturedAt?: string; replace?: boolean }, call?: Call): Promise<{ id: string; source: string; capturedAt: string; createdAt: string }>;
		match(request: { customerId: string; image?: string; bundle?: Bundle; referenceImage?: string }, call?: Call): Promise<Checked>;
		liveness(request: { customerId: string; bundle: Bundle }, call?: Call): Promise<Checked>;
		/** Asked before a sensitive action. One that is not allowed is no error. */
		authStepUp(request: StepUpRequest, call?: Call): Promise<StepUp>;
		verifications: {
			get(id: string, call?: Call): Promise<Verification>;
			/** Whether a verification may stand for another action now. */
			checkFreshness(request: FreshnessRequest, call?: Call): Promise<boolean>;
			/** The same, with the reason why not. */
			freshness(request: FreshnessRequest, call?: Call): Promise<Freshness>;
		};
		attempts: {
			list(query?: { method?: string; customerId?: string; status?: string; riskLevel?: RiskLevel; trigger?: string; from?: string; to?: string; limit?: number; cursor?: string; page?: number }, call?: Call): Promise<Page<Attempt>>;
		};
		kyc: {
			get(customerId: string, query?: { level?: KYCLevel }, call?: Call): Promise<KYC>;
			enterCheck(customerId: string, check: Check, call?: Call): Promise<KYC>;
		};
	};
	authStepUp: Rostod["identity"]["authStepUp"];
	customers: {
		create(request: CustomerRequest, call?: Call): Promise<Customer>;
		get(id: string, call?: Call): Promise<Customer>;
		update(id: string, change: CustomerChange, call?: Call): Promise<Customer>;
		list(query?: { limit?: number; cursor?: string }, call?: Call): Promise<Page<Customer>>;
	};
	antiFraud: {
		evaluate(transaction: Transaction, call?: Call): Promise<Evaluation>;
		deviceSession(request: DeviceSessionRequest, call?: Call): Promise<{ sessionToken: string; expiresIn: number; attestationVerdict: null }>;
	};
	processes: {
		create(request: ProcessRequest, call?: Call): Promise<Process>;
		get(id: string, call?: Call): Promise<Process>;
	};
	/** A journal entry with its proof, to be checked offline. */
	receipt(journal: number, call?: Call): Promise<{ receipt: 1; proof: string; opened?: { [name: string]: { salt: string; value: string } } }>;
}

export function rostod(options: Options): Rostod;

/** An answer that is an error, or no answer at all: status 0. */
export class RostodError extends Error {
	constructor(message: string, of?: object);
	status: number;
	/** Stable, and explained by the daemon at /problems/{code}. */
	code: string;
	hint: string;
	fields: Record<string, string[]>;
	/** Seconds; 0 when the answer does not say. */
	retryAfter: number;
	traceId: string;
}

export class WebhookError extends Error {
	constructor(code: "unsigned" | "signature" | "time");
	code: "unsigned" | "signature" | "time";
}

export interface WebhookEvent {
	/** A delivery may come twice: know each id. */
	id: string;
	event: string;
	occurredAt: string;
	orgId: string;
	data: { [member: string]: unknown };
}

/** Resolves with the event when the webhook is rostod's; rejects with a WebhookError. body is as it came. */
export function verifyWebhook(
	headers: Headers | Record<string, string | string[] | undefined>,
	body: string | Uint8Array,
	secrets: string | string[],
	now?: number,
): Promise<WebhookEvent>;
