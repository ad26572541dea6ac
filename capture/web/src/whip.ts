// Publishing by WHIP, RFC 9725: one offer, one answer, one resource.

export class WhipError extends Error {
	/** retryAfter is what the daemon asks to wait, seconds. */
	constructor(
		readonly status: number,
		readonly retryAfter: number,
	) {
		super(`WHIP ${status}`);
	}
}

export type Published = { answer: string; location: string };

/** publish posts an offer. It fails with a WhipError; its status is 0 when nothing was answered. */
export async function publish(url: string, token: string, offer: string, signal: AbortSignal): Promise<Published> {
	const to = new URL(url, document.baseURI).href;
	let response: Response;
	try {
		response = await fetch(to, {
			method: "POST",
			headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/sdp" },
			body: offer,
			signal,
			...quiet,
		});
	} catch {
		throw new WhipError(0, 0);
	}
	const location = response.headers.get("Location");
	if (response.status !== 201 || !location)
		throw new WhipError(response.status, Number(response.headers.get("Retry-After")) || 0);
	return { answer: await response.text(), location: new URL(location, to).href };
}

/** withdraw ends the session, also while the page goes away. What is answered makes no difference. */
export async function withdraw(location: string, token: string): Promise<void> {
	const headers = { Authorization: `Bearer ${token}` };
	await fetch(location, { method: "DELETE", headers, keepalive: true, ...quiet }).catch(() => {});
}

/** Nothing but the token says who asks. */
const quiet: RequestInit = { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", redirect: "error" };
