/** An answer that is an error, or no answer at all (status 0). */
export class RostodError extends Error {
	/**
	 * @param {string} message
	 * @param {{status?: number, code?: string, hint?: string, fields?: Record<string, string[]>, retryAfter?: number, traceId?: string, cause?: unknown}} [of]
	 */
	constructor(message, of = {}) {
		super(message, of.cause === undefined ? undefined : { cause: of.cause });
		this.name = "RostodError";
		this.status = of.status ?? 0;
		this.code = of.code ?? "";
		this.hint = of.hint ?? "";
		this.fields = of.fields ?? {};
		this.retryAfter = of.retryAfter ?? 0;
		this.traceId = of.traceId ?? "";
	}
}

/**
 * errorOf reads an error answer of any of the daemon's families.
 * @param {Response} answer
 * @param {string} text
 */
export function errorOf(answer, text) {
	/** @type {any} */
	let said = {};
	try {
		said = JSON.parse(text) ?? {};
	} catch {
		// A proxy's page: the status has to do.
	}
	const numbered = typeof said.error === "object" && said.error !== null ? said.error : {};
	const word = typeof said.error === "string" ? said.error : "";
	const wait = Number(answer.headers.get("Retry-After"));
	return new RostodError(said.title || numbered.description || word || `status ${answer.status}`, {
		status: answer.status,
		// The contract of hosted processes has its number there, and as a word in error.
		code: (typeof said.code === "string" && said.code) || numbered.code,
		hint: said.hint,
		fields: said.fields ?? said.details?.fieldErrors,
		retryAfter: wait > 0 ? wait : 0,
		traceId: answer.headers.get("X-Request-Id") ?? "",
	});
}
