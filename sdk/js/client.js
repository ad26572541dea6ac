import { transport } from "./transport.js";

/**
 * rostod is a daemon, asked with one API key. It belongs into a back end: the
 * key must never reach a browser.
 * @param {import("./index.d.ts").Options} options
 * @returns {import("./index.d.ts").Rostod}
 */
export function rostod(options) {
	const ask = transport(options);
	/** @param {string} id */
	const part = (id) => encodeURIComponent(id);

	/** @type {import("./index.d.ts").Rostod["identity"]} */
	const identity = {
		flashChallenge: async (body, call) =>
			(await ask({ method: "POST", path: "/api/identity/face/flash-challenge", body, call })).flashChallenge,
		challenge: async (id, call) =>
			(await ask({ method: "GET", path: `/api/identity/face/flash-challenge/${part(id)}`, repeat: "free", call }))
				.flashChallenge,
		enroll: async (body, call) =>
			(await ask({ method: "POST", path: "/api/identity/face/enroll", body, repeat: "keyed", call })).enrolment,
		match: (body, call) => ask({ method: "POST", path: "/api/identity/face/match", body, repeat: "keyed", call }),
		liveness: (body, call) => ask({ method: "POST", path: "/api/identity/face/liveness", body, repeat: "keyed", call }),
		authStepUp: (body, call) => ask({ method: "POST", path: "/api/identity/auth/step-up", body, repeat: "keyed", call }),
		verifications: {
			get: async (id, call) =>
				(await ask({ method: "GET", path: `/api/identity/verifications/${part(id)}`, repeat: "free", call })).verification,
			freshness: (body, call) =>
				ask({ method: "POST", path: "/api/identity/verifications/check-freshness", body, repeat: "free", call }),
			checkFreshness: async (body, call) => (await identity.verifications.freshness(body, call)).fresh === true,
		},
		attempts: {
			list: (query, call) => ask({ method: "GET", path: "/api/identity/attempts", query: { ...query }, repeat: "free", call }),
		},
		kyc: {
			get: (id, query, call) =>
				ask({ method: "GET", path: `/api/identity/kyc/${part(id)}`, query: { ...query }, repeat: "free", call }),
			enterCheck: (id, body, call) =>
				ask({ method: "POST", path: `/api/identity/kyc/${part(id)}/checks`, body, repeat: "keyed", call }),
		},
	};

	return {
		identity,
		authStepUp: identity.authStepUp,
		customers: {
			create: async (body, call) =>
				(await ask({ method: "POST", path: "/api/customers", body, repeat: "keyed", call })).customer,
			get: async (id, call) =>
				(await ask({ method: "GET", path: `/api/customers/${part(id)}`, repeat: "free", call })).customer,
			update: async (id, body, call) =>
				(await ask({ method: "PATCH", path: `/api/customers/${part(id)}`, body, call })).customer,
			list: (query, call) => ask({ method: "GET", path: "/api/customers", query: { ...query }, repeat: "free", call }),
		},
		antiFraud: {
			evaluate: async (body, call) =>
				(await ask({ method: "POST", path: "/anti-fraud/api/evaluate", body, repeat: "free", call })).data,
			deviceSession: async (body, call) =>
				(await ask({ method: "POST", path: "/anti-fraud/api/device-session", body, call })).data,
		},
		processes: {
			create: (body, call) =>
				ask({ method: "POST", path: "/processes/v1", body, headers: { APIKEY: options.apiKey }, call }),
			get: (id, call) =>
				ask({ method: "GET", path: `/processes/v1/${part(id)}`, headers: { APIKEY: options.apiKey }, repeat: "free", call }),
		},
		receipt: (journal, call) =>
			ask({ method: "GET", path: `/api/audit/entries/${Number(journal)}/receipt`, repeat: "free", call }),
	};
}
