// What the page of a journey asks of the daemon, below its own address. The
// bearer is a token of the journey.

import type { Renewed } from "../main";

/** Where a journey stands; never what was found. */
export type Stand = "going" | "received" | "done" | "expired" | "failed";

export interface View {
	processId: string;
	state: Stand;
	token?: string;
	locale?: string;
	consent: boolean;
	phone: boolean;
	callbackUri: string;
	origins: string[];
}

export interface Where {
	state: Stand;
	leads: boolean;
}

export interface Code {
	url: string;
	size: number;
	path: string;
	expiresAt: string;
}

/** Refusal is an answer that is none. Code is the daemon's, or "network". */
export class Refusal extends Error {
	constructor(
		readonly code: string,
		readonly retryAfter = 0,
	) {
		super(code);
	}
}

export class Api {
	readonly #base = location.pathname.replace(/\/$/, "");
	token: string;

	constructor(token: string) {
		this.token = token;
	}

	open(): Promise<View> {
		return this.#ask("POST", "/open");
	}
	state(): Promise<Where> {
		return this.#ask("GET", "/state");
	}
	consent(): Promise<Where> {
		return this.#ask("POST", "/consent");
	}
	challenge(): Promise<Renewed> {
		return this.#ask("POST", "/challenge");
	}
	capture(bundle: string): Promise<Where> {
		return this.#ask("POST", "/capture", { bundle });
	}
	handOver(): Promise<Code> {
		return this.#ask("POST", "/handover");
	}
	leave(): Promise<Where> {
		return this.#ask("POST", "/leave");
	}

	async #ask<T>(method: string, path: string, body: object = {}): Promise<T> {
		if (!this.token) throw new Refusal("journey/token");
		let response: Response;
		try {
			response = await fetch(this.#base + path, {
				method,
				headers: {
					Authorization: `Bearer ${this.token}`,
					...(method === "POST" ? { "Content-Type": "application/json" } : {}),
				},
				...(method === "POST" ? { body: JSON.stringify(body) } : {}),
				cache: "no-store",
				credentials: "omit",
			});
		} catch {
			throw new Refusal("network");
		}
		const said: unknown = await response.json().catch(() => ({}));
		if (response.ok) return said as T;
		const code = typeof said === "object" && said !== null && "code" in said ? String(said.code) : "";
		throw new Refusal(code || "failed", Number(response.headers.get("Retry-After")) || 0);
	}
}
