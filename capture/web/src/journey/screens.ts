// The screens of a journey around the capture, in the capture's own style.

import { dress } from "../browser";
import { h, s } from "../dom";
import { type Icon, icon, portrait } from "../drawings";
import { Frame } from "../frame";
import { type Action, actions, message, type Screen, screen, text, title } from "../screens";
import css from "../style/journey.css";
import { type Language, languageOf } from "../words";
import type { Code } from "./api";
import { type JourneyWords, journeyWords } from "./words";

/** <rostod-journey> shows one screen at a time. */
export class Screens extends HTMLElement {
	readonly #frame = new Frame();

	constructor() {
		super();
		const root = this.attachShadow({ mode: "open" });
		dress(root, css);
		root.append(this.#frame.element);
	}

	get locale(): Language {
		return languageOf([this.getAttribute("locale"), ...navigator.languages]);
	}

	get words(): JourneyWords {
		return journeyWords(this.locale);
	}

	show(what: Screen, name: string): void {
		this.dataset["screen"] = name;
		if (!this.querySelector("[slot=brand]")) this.append(brand(this.words.brand));
		this.#frame.show(what, this.locale, true);
	}
}

/** brand is the mark at the top: what this is, in the operator's own colours. */
export function brand(words: string): HTMLElement {
	return h("span", { slot: "brand", class: "journey-brand" }, lock(), h("span", {}, words));
}

function lock(): SVGElement {
	return s(
		"svg",
		{
			viewBox: "0 0 24 24",
			width: "20",
			height: "20",
			fill: "none",
			stroke: "currentColor",
			"stroke-width": "1.9",
			"aria-hidden": "true",
		},
		s("path", { d: "M12 3l7.5 2.8v5.4c0 4.8-3 8.1-7.5 9.8-4.5-1.7-7.5-5-7.5-9.8V5.8z" }),
		s("path", { d: "M8.7 12.2l2.4 2.4 4.3-4.6", "stroke-linecap": "round", "stroke-linejoin": "round" }),
	);
}

/** welcome says what will happen, and asks for consent where it is needed. */
export function welcome(w: JourneyWords, consent: boolean, ...ways: Action[]): Screen {
	const step = (drawing: Icon, what: string): HTMLElement =>
		h("li", {}, h("span", { class: "badge" }, icon(drawing)), h("span", {}, what));
	return screen(
		"intro welcome",
		0,
		h("div", { class: "picture" }, portrait()),
		h(
			"div",
			{ class: "column" },
			title(w.welcomeTitle),
			text(w.welcomeLead),
			h("ol", { class: "how" }, step("light", w.first), step("camera", w.second), step("screen", w.third)),
			consent && h("div", { class: "terms", role: "note" }, h("strong", {}, w.consentTitle), h("p", {}, w.consent)),
			actions(...ways),
		),
	);
}

/** code is the way to the phone. */
export function code(w: JourneyWords, c: Code, minutes: number, ...ways: Action[]): Screen {
	const quiet = 4;
	const all = c.size + 2 * quiet;
	return screen(
		"intro code",
		0,
		h(
			"div",
			{ class: "picture" },
			s(
				"svg",
				{
					viewBox: `${-quiet} ${-quiet} ${all} ${all}`,
					class: "qr",
					role: "img",
					"aria-label": w.phoneTitle,
					"shape-rendering": "crispEdges",
				},
				s("rect", { x: String(-quiet), y: String(-quiet), width: String(all), height: String(all), fill: "#fff" }),
				s("path", { d: c.path, fill: "#000" }),
			),
		),
		h(
			"div",
			{ class: "column" },
			title(w.phoneTitle),
			text(w.phoneLead),
			h("p", { class: "note" }, w.phoneNote),
			h("p", { class: "left" }, icon("wait"), h("span", {}, w.phoneLeft.replace("{n}", String(minutes)))),
			actions(...ways),
		),
	);
}

export type { Action };
export { message };
