// The frame around every screen: brand, steps, and what is said aloud.

import { h } from "./dom";
import { Ears } from "./ears";
import type { Screen } from "./screens";
import { fill, type Language, wordsIn } from "./words";

export class Frame {
	readonly ears = new Ears();
	readonly element: HTMLElement;
	readonly #steps = h("div", { class: "steps", part: "steps", role: "img" }, h("i"), h("i"), h("i"));
	readonly #body = h("div", { class: "body", part: "body" });

	constructor() {
		this.element = h(
			"div",
			{ class: "frame", part: "frame", role: "region" },
			h("div", { class: "top", part: "header" }, h("slot", { name: "brand" }), this.#steps),
			this.#body,
			this.ears.element,
		);
	}

	/** show puts a screen where the one before was. focus moves the reader there too. */
	show(screen: Screen, language: Language, focus: boolean): void {
		const w = wordsIn(language);
		this.element.lang = language;
		this.element.setAttribute("aria-label", w.region);
		this.#steps.hidden = screen.step === 0;
		this.#steps.setAttribute("aria-label", fill(w.step, screen.step));
		this.#steps.dataset["step"] = String(screen.step);
		this.#body.replaceChildren(screen.element);
		if (focus) screen.element.focus({ preventScroll: true });
	}

	/** ground is the colour that the page is mostly of. */
	get ground(): string {
		const rgb = getComputedStyle(this.element).backgroundColor.match(/\d+/g) ?? ["255", "255", "255"];
		const part = (c: string): string => Number(c).toString(16).padStart(2, "0");
		return "#" + rgb.slice(0, 3).map(part).join("");
	}
}
