/** What your back end hands to the page: three members of a flash challenge. */
export interface CaptureChallenge {
	captureUrl: string;
	whipUrl: string;
	captureToken: string;
}

export interface CaptureOptions {
	/** element (the default) stands in your page; frame and window show the hosted page. */
	how?: "element" | "frame" | "window";
	/** Where the element or frame goes; the body when left out. Give it the window's height. */
	into?: Element;
	/** pt-BR, id, en; the browser's own when left out. Of the hosted page it is set with the challenge. */
	locale?: string;
	/** Brings another challenge for another try; without it a retry rejects with code "retry". Element only. */
	renew?: () => Promise<CaptureChallenge | false>;
	/** Hears each state and hint. */
	progress?: (detail: { state: string; hint?: string }) => void;
	/** Ends it; the promise rejects with code "aborted". */
	signal?: AbortSignal;
	/** Where the element's script lies, if not at the daemon. */
	script?: string;
}

/**
 * Shows a challenge to the customer and resolves with the bundle, which your
 * back end posts to step-up. Rejects with a CaptureError: other_way, retry,
 * aborted, closed or blocked (windows).
 */
export function capture(challenge: CaptureChallenge, options?: CaptureOptions): Promise<{ bundle: string }>;

export class CaptureError extends Error {
	constructor(code: string, detail?: { hint?: string | undefined });
	code: string;
	/** With retry: what to change. */
	hint: string;
}
