/** A capture that gave no bundle: code says why. */
export class CaptureError extends Error {
	/**
	 * @param {string} code
	 * @param {{hint?: string | undefined}} [detail]
	 */
	constructor(code, detail = {}) {
		super(`no capture: ${code}`);
		this.name = "CaptureError";
		this.code = code;
		this.hint = detail.hint ?? "";
	}
}

/**
 * What each event of the capture page or element means: a bundle, an end
 * without one, or nothing yet.
 * @param {string} type
 * @param {any} detail
 * @returns {{bundle: string} | CaptureError | undefined}
 */
function outcome(type, detail) {
	switch (type) {
		case "rostod-captured":
			return { bundle: detail.bundle };
		case "rostod-other-way":
			return new CaptureError("other_way");
		case "rostod-retry":
			return new CaptureError("retry", { hint: detail?.hint });
		default:
			return undefined;
	}
}

/**
 * capture shows a challenge to the customer and resolves with the bundle. The
 * element stands in the page, the hosted page in a frame or a window of its own.
 * @type {typeof import("./capture.d.ts").capture}
 */
export function capture(challenge, options = {}) {
	const how = options.how ?? "element";
	if (how === "element") return byElement(challenge, options);
	return byPage(challenge, options, how);
}

/**
 * @param {import("./capture.d.ts").CaptureChallenge} challenge
 * @param {import("./capture.d.ts").CaptureOptions} options
 * @returns {Promise<{bundle: string}>}
 */
async function byElement(challenge, options) {
	const daemon = new URL(challenge.captureUrl).origin;
	const script = options.script ?? `${daemon}/capture/assets/rostod-capture.js`;
	if (!customElements.get("rostod-capture")) await import(script);
	await customElements.whenDefined("rostod-capture");
	const element = /** @type {any} */ (document.createElement("rostod-capture"));
	if (options.locale) element.setAttribute("locale", options.locale);
	element.setAttribute("whip-url", challenge.whipUrl);
	element.setAttribute("token", challenge.captureToken);
	if (options.renew) {
		const { renew } = options;
		element.renew = async () => {
			const next = await renew();
			return next && { whipUrl: next.whipUrl, token: next.captureToken };
		};
	}
	return new Promise((resolve, reject) => {
		const types = ["rostod-captured", "rostod-other-way", "rostod-retry", "rostod-progress"];
		/** @param {{bundle: string} | Error} how */
		const end = (how) => {
			options.signal?.removeEventListener("abort", abort);
			for (const t of types) element.removeEventListener(t, heard);
			element.remove();
			if (how instanceof Error) reject(how);
			else resolve(how);
		};
		const abort = () => {
			element.abort?.();
			end(new CaptureError("aborted"));
		};
		/** @param {CustomEvent} e */
		const heard = (e) => {
			if (e.type === "rostod-progress") options.progress?.(e.detail);
			// With renew, the element goes on to the next try by itself.
			if (e.type === "rostod-retry" && options.renew) return;
			const done = outcome(e.type, e.detail);
			if (done) end(done);
		};
		for (const t of types) element.addEventListener(t, heard);
		if (options.signal?.aborted) return abort();
		options.signal?.addEventListener("abort", abort);
		(options.into ?? document.body).append(element);
		return undefined;
	});
}

/**
 * @param {import("./capture.d.ts").CaptureChallenge} challenge
 * @param {import("./capture.d.ts").CaptureOptions} options
 * @param {"frame" | "window"} how
 * @returns {Promise<{bundle: string}>}
 */
function byPage(challenge, options, how) {
	const daemon = new URL(challenge.captureUrl).origin;
	return new Promise((resolve, reject) => {
		/** @type {Window | null} */
		let source;
		let close = () => {};
		if (how === "frame") {
			const frame = document.createElement("iframe");
			frame.allow = "camera; fullscreen; screen-wake-lock";
			frame.src = challenge.captureUrl;
			frame.style.cssText = "border:0;inline-size:100%;block-size:100%";
			(options.into ?? document.body).append(frame);
			source = frame.contentWindow;
			close = () => frame.remove();
		} else {
			source = window.open(challenge.captureUrl, "rostod-capture");
			if (!source) return reject(new CaptureError("blocked"));
			const opened = source;
			const look = setInterval(() => opened.closed && end(new CaptureError("closed")), 500);
			close = () => {
				clearInterval(look);
				opened.close();
			};
		}
		/** @param {{bundle: string} | Error} done */
		const end = (done) => {
			removeEventListener("message", heard);
			options.signal?.removeEventListener("abort", abort);
			close();
			if (done instanceof Error) reject(done);
			else resolve(done);
		};
		const abort = () => end(new CaptureError("aborted"));
		/** @param {MessageEvent} e */
		const heard = (e) => {
			// Only the page that was opened is heard, and only while it is the daemon's.
			if (e.origin !== daemon || e.source !== source || e.data?.source !== "rostod-capture") return;
			if (e.data.type === "rostod-progress") options.progress?.(e.data.detail);
			const done = outcome(e.data.type, e.data.detail);
			if (done) end(done);
		};
		addEventListener("message", heard);
		if (options.signal?.aborted) return abort();
		options.signal?.addEventListener("abort", abort);
		return undefined;
	});
}
