// The guard watches over the colours: whatever the customer does ends them,
// and so does a screen that is no longer the one that was measured.

import type { AbortReason } from "./wire";

/** guard tells once of the first reason to end, and answers how to stop watching. host is the element that is fullscreen, when it is. */
export function guard(host: Element, tell: (reason: AbortReason) => void): () => void {
	const watching = new AbortController();
	const signal = watching.signal;
	const end = (reason: AbortReason): void => {
		if (signal.aborted) return;
		watching.abort();
		tell(reason);
	};
	const size = measure();
	const fullscreen = isFullscreen(host);

	const user = (e: Event): void => {
		// A key that is still held from pressing the button is not a new one.
		if (e instanceof KeyboardEvent && e.repeat) return;
		// A key also does what it always does; only the keys that would move the page are kept from it.
		if (e instanceof KeyboardEvent && (e.key === " " || e.key === "Enter" || e.key === "Tab")) e.preventDefault();
		end("user");
	};
	const resized = (): void => {
		if (measure() === size) return;
		// Leaving fullscreen resizes too, and is told a little later.
		if (fullscreen) setTimeout(() => end(isFullscreen(host) ? "resized" : "fullscreen_lost"), 100);
		else end("resized");
	};

	for (const type of ["keydown", "pointerdown", "touchstart", "click"])
		window.addEventListener(type, user, { capture: true, signal });
	window.addEventListener("resize", resized, { signal });
	// No event says everywhere that the pixels have become others.
	const looking = setInterval(resized, 250);
	signal.addEventListener("abort", () => clearInterval(looking));
	document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && end("hidden"), {
		signal,
	});
	window.addEventListener("pagehide", () => end("hidden"), { signal });
	document.addEventListener("fullscreenchange", () => fullscreen && !isFullscreen(host) && end("fullscreen_lost"), {
		signal,
	});
	return () => watching.abort();
}

function measure(): string {
	return [innerWidth, innerHeight, devicePixelRatio].join(" ");
}

function isFullscreen(host: Element): boolean {
	// Inside a shadow tree the document names only the outermost host.
	const root = host.getRootNode();
	const at = root instanceof ShadowRoot ? root.fullscreenElement : document.fullscreenElement;
	return at === host;
}
