import { errorOf, RostodError } from "./errors.js";

/** The longest that is waited before another try, seconds. */
const longestWait = 30;

/**
 * What may be done about an operation that got no good answer: "free" changes
 * nothing, or nothing more; "keyed" has an Idempotency-Key.
 * @typedef {"never" | "free" | "keyed"} Repeat
 * @typedef {{method: string, path: string, query?: Record<string, unknown> | undefined, body?: unknown, headers?: Record<string, string>, repeat?: Repeat, call?: import("./index.d.ts").Call | undefined}} Operation
 */

/**
 * transport makes the function that sends operations to one daemon.
 * @param {import("./index.d.ts").Options} options
 * @returns {(o: Operation) => Promise<any>}
 */
export function transport(options) {
	const base = new URL(options.baseUrl);
	if (!/^https?:$/.test(base.protocol)) throw new TypeError("baseUrl must be like http://127.0.0.1:8484");
	if (!options.apiKey) throw new TypeError("an apiKey is needed: rostod keys create");
	const send = options.fetch ?? globalThis.fetch;
	const tries = options.tries ?? 3;
	const pause = options.pause ?? ((/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms)));
	const root = base.href.replace(/\/$/, "");

	return async (o) => {
		const query = new URLSearchParams();
		for (const [name, value] of Object.entries(o.query ?? {}))
			if (value !== undefined && value !== "") query.set(name, String(value));
		/** @type {Record<string, string>} */
		const headers = { Authorization: `Bearer ${options.apiKey}`, Accept: "application/json", ...o.headers };
		if (o.body !== undefined) headers["Content-Type"] = "application/json";
		if (o.repeat === "keyed") headers["Idempotency-Key"] = o.call?.idempotencyKey ?? crypto.randomUUID();
		/** @type {RequestInit} */
		const init = { method: o.method, headers, signal: o.call?.signal ?? AbortSignal.timeout(options.timeout ?? 60_000) };
		if (o.body !== undefined) init.body = JSON.stringify(o.body);
		const address = `${root}${o.path}${query.size > 0 ? `?${query}` : ""}`;

		for (let tried = 1; ; tried++) {
			/** @type {RostodError} */
			let failed;
			try {
				const answer = await send(address, init);
				const text = await answer.text();
				if (answer.ok) return read(answer, text);
				failed = errorOf(answer, text);
			} catch (cause) {
				if (cause instanceof RostodError || init.signal?.aborted) throw cause;
				failed = new RostodError("there is no answer", { cause });
			}
			const wait = Math.max(0.1 * 2 ** (tried - 1), failed.retryAfter);
			if ((o.repeat ?? "never") === "never" || tried >= tries || !passing(failed) || wait > longestWait) throw failed;
			await pause(wait * 1000);
			if (init.signal?.aborted) throw failed;
		}
	};
}

/**
 * read is an answer's JSON, or its text.
 * @param {Response} answer
 * @param {string} text
 */
function read(answer, text) {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new RostodError("the answer is not as it should be", { status: answer.status, cause });
	}
}

/**
 * passing says whether trying again may help.
 * @param {RostodError} e
 */
function passing(e) {
	return [0, 429, 502, 503, 504].includes(e.status) || e.code === "idempotency/in-progress";
}
