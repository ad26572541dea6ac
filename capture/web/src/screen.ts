// The screen as a lamp: as large as it can be had, and awake.

import { pause } from "./clock";
import type { ScreenReport } from "./wire";

/** settled is how long a size must stay the same after going fullscreen, milliseconds. */
const settled = 250;

export class Screen {
	#lock: WakeLockSentinel | undefined;
	#wanted = false;
	readonly #again = (): void => {
		if (this.#wanted && document.visibilityState === "visible") void this.#wake();
	};

	/** ahead is what the colours will fill, as far as can be known before they do. */
	ahead(periodMs: number): ScreenReport {
		return document.fullscreenEnabled ? report(screen.width, screen.height, periodMs) : this.now(periodMs);
	}

	/** now is what they fill. */
	now(periodMs: number): ScreenReport {
		return report(innerWidth, innerHeight, periodMs);
	}

	/** keepAwake holds the screen on until release; it is lost with the tab and asked for again. */
	async keepAwake(): Promise<void> {
		if (this.#wanted) return;
		this.#wanted = true;
		document.addEventListener("visibilitychange", this.#again);
		await this.#wake();
	}

	/** fill makes the element fullscreen; it must be called from a gesture. Where the browser refuses, the colours fill the window. */
	async fill(element: Element): Promise<void> {
		try {
			await element.requestFullscreen({ navigationUI: "hide" });
		} catch {
			return;
		}
		for (let same = 0, size = ""; same < settled; same += 50) {
			const is = `${innerWidth} ${innerHeight}`;
			if (is !== size) [size, same] = [is, 0];
			await pause(50);
		}
	}

	/** leave gives the screen back. */
	async leave(element: Element): Promise<void> {
		this.#wanted = false;
		document.removeEventListener("visibilitychange", this.#again);
		const lock = this.#lock;
		this.#lock = undefined;
		await Promise.allSettled([lock?.release(), element.matches(":fullscreen") ? document.exitFullscreen() : undefined]);
	}

	async #wake(): Promise<void> {
		try {
			this.#lock = await navigator.wakeLock?.request("screen");
			if (!this.#wanted) await this.#lock?.release();
		} catch {
			// A screen that cannot be kept awake goes dark after minutes; a capture takes seconds.
		}
	}
}

function report(w: number, h: number, periodMs: number): ScreenReport {
	return { w, h, dpr: devicePixelRatio, refreshHz: Math.round(10_000 / periodMs) / 10 };
}
