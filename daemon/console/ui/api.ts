// What the console asks of the daemon: its own HTTP API, with the key of
// whoever signed in.

/** Who signed in: GET /api/keys/self. */
export interface Me {
	id: string;
	org: string;
	label?: string;
	scopes: string[];
	expiresAt?: string;
}

/** Refusal is an answer that is none, in the daemon's own words. Status 0: it could not be reached. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		readonly title = "",
		readonly hint = "",
		readonly fields: Record<string, string[]> = {},
		readonly retryAfter = 0,
		readonly trace = "",
	) {
		super(code);
	}

	/** scope is the one that the key lacks, when that is why. */
	get scope(): string | undefined {
		return this.code === "auth/missing-scope" ? /the scope ([a-z]+:[a-z]+)/.exec(this.hint)?.[1] : undefined;
	}
}

interface Ask {
	method?: string;
	body?: object;
	/** Why somebody looks, for the access log. */
	reason?: string;
	signal?: AbortSignal;
}

/** patience is how long an answer may take, in milliseconds; an export is streamed and may take any time. */
const patience = 20_000;

export class Api {
	/** ended hears of a key that is none any more. */
	constructor(
		readonly key: string,
		readonly ended: (why: Refusal) => void = () => {},
	) {}

	async json<T>(path: string, ask: Ask = {}): Promise<T> {
		const response = await this.#send(path, { signal: AbortSignal.timeout(patience), ...ask });
		if (response.status === 204) return undefined as T;
		return (await read(response.json())) as T;
	}

	/** file is an answer to save or to show, and the name that the daemon gives it. */
	async file(path: string, ask: Ask = {}): Promise<{ blob: Blob; name: string }> {
		const response = await this.#send(path, ask);
		const name = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "rostod";
		return { blob: await read(response.blob()), name };
	}

	async #send(path: string, { method, body, reason, signal }: Ask): Promise<Response> {
		if (/[^!-~]/.test(this.key)) throw new Refusal(401, "auth/malformed");
		const headers: Record<string, string> = { Authorization: `Bearer ${this.key}` };
		if (body) headers["Content-Type"] = "application/json";
		if (reason) headers["X-Access-Reason"] = inBytes(reason);
		const response = await read(
			fetch(path, {
				method: method ?? (body ? "POST" : "GET"),
				headers,
				...(body ? { body: JSON.stringify(body) } : {}),
				...(signal ? { signal } : {}),
				cache: "no-store",
				credentials: "omit",
				redirect: "error",
			}),
		);
		if (response.ok) return response;
		const why = await refused(response);
		if (why.status === 401) this.ended(why);
		throw why;
	}
}

/** read is an answer as it arrives: a connection that breaks is a Refusal like others. */
async function read<T>(arriving: Promise<T>): Promise<T> {
	try {
		return await arriving;
	} catch {
		throw new Refusal(0, "network");
	}
}

async function refused(response: Response): Promise<Refusal> {
	const said = (await response.json().catch(() => ({}))) as Record<string, unknown>;
	const text = (name: string): string => (typeof said[name] === "string" ? said[name] : "");
	const code = text("code") || `http/${response.status}`;
	return new Refusal(
		response.status,
		code,
		text("title"),
		text("hint"),
		(said["fields"] as Record<string, string[]> | undefined) ?? {},
		Number(response.headers.get("Retry-After")) || 0,
		text("traceId"),
	);
}

/** inBytes is text as a header carries it: the bytes of its UTF-8. */
function inBytes(text: string): string {
	return String.fromCharCode(...new TextEncoder().encode(text));
}
