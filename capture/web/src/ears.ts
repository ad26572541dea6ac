// What a screen reader is told while nothing takes the focus.

import { now } from "./clock";
import { h } from "./dom";

/** Hints change faster than they can be spoken. */
const pauseMs = 1500;

export class Ears {
	readonly element = h("div", { class: "aloud", "aria-live": "polite", "aria-atomic": "true" });
	#last = 0;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** say speaks now. */
	say(text: string): void {
		clearTimeout(this.#timer);
		this.#last = now();
		this.element.textContent = text;
	}

	/** mention speaks when there was quiet for a while, and only the newest. */
	mention(text: string): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.say(text), Math.max(0, this.#last + pauseMs - now()));
	}

	hush(): void {
		clearTimeout(this.#timer);
	}
}
