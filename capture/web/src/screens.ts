// What the customer sees before and after the colours.

import { h, s } from "./dom";
import { type Icon, icon, portrait } from "./drawings";
import { fill, hintKey, type Key, type Words } from "./words";

export interface Screen {
	readonly element: HTMLElement;
	/** Which of the three steps it belongs to; 0 for none. */
	readonly step: 0 | 1 | 2 | 3;
}

export interface Action {
	text: string;
	/** primary is the one that most people will want. */
	primary: boolean;
	act(): void;
}

function button({ text, primary, act }: Action): HTMLButtonElement {
	return h(
		"button",
		{
			type: "button",
			class: primary ? "primary" : "secondary",
			part: primary ? "button primary" : "button secondary",
			click: act,
		},
		text,
	);
}

export function actions(...all: Action[]): HTMLElement {
	return h("div", { class: "actions", part: "actions" }, ...all.map(button));
}

/** screen puts title and text where a screen reader finds them together. */
export function screen(kind: string, step: Screen["step"], ...children: (Node | undefined)[]): Screen {
	const element = h(
		"section",
		{
			class: "screen " + kind,
			part: "screen " + kind,
			role: "group",
			tabindex: "-1",
			"aria-labelledby": "title",
			"aria-describedby": "text",
		},
		...children,
	);
	return { element, step };
}

export const title = (text: string): HTMLElement => h("h2", { id: "title", part: "title" }, text);
export const text = (what: string): HTMLElement => h("p", { id: "text", class: "text", part: "text" }, what);

/** intro says what will happen, and to whom it should not. Both ways are the same size. */
export function intro(w: Words, caution: Key, advice: Key | undefined, go: Action, other: Action): Screen {
	const step = (drawing: Icon, key: Key): HTMLElement =>
		h("li", {}, h("span", { class: "badge" }, icon(drawing)), h("span", {}, w[key]));
	return screen(
		"intro",
		1,
		h("div", { class: "picture" }, portrait()),
		h(
			"div",
			{ class: "column" },
			title(w.introTitle),
			text(w.introLead),
			h(
				"ol",
				{ class: "how", part: "how" },
				step("camera", "introFirst"),
				step("face", "introSecond"),
				step("screen", "introThird"),
			),
			h(
				"div",
				{ class: "caution", part: "caution", role: "note" },
				icon("warning"),
				h(
					"div",
					{},
					h("strong", {}, w.cautionTitle),
					h("p", {}, w[caution]),
					advice ? h("p", { class: "advice" }, w[advice]) : undefined,
				),
			),
			actions(go, other),
		),
	);
}

export type Tone = "wait" | "good" | "again" | "stop";

const toneIcons: Readonly<Record<Tone, Icon>> = { wait: "wait", good: "check", again: "again", stop: "stop" };

/** message is a screen of one thing: an outcome, a problem, a wait. */
export function message(
	look: { tone: Tone; drawing?: Icon; step?: Screen["step"] },
	heading: string,
	body: string,
	...all: Action[]
): Screen {
	return screen(
		"message " + look.tone,
		look.step ?? 0,
		h("div", { class: "seal" }, icon(look.drawing ?? toneIcons[look.tone])),
		title(heading),
		text(body),
		all.length > 0 ? actions(...all) : undefined,
	);
}

const pictures: Readonly<Partial<Record<Key, Icon>>> = {
	several_faces: "people",
	closer: "closer",
	back: "back",
	more_light: "light",
	less_light: "light",
	low_bitrate: "wait",
	camera_locked: "wait",
};

/** oval is where the face belongs. What lies outside is dimmed by one plain shape: it is drawn over each frame. */
function oval(): HTMLElement {
	const ring = (of: string): SVGElement => s("ellipse", { class: of, cx: "39", cy: "51", rx: "38", ry: "50" });
	return h(
		"div",
		{ class: "oval", part: "oval" },
		s(
			"svg",
			{ viewBox: "0 0 78 102" },
			s("path", { class: "dim", d: "M-400-400H480V500H-400z M1 51a38 50 0 0 0 76 0a38 50 0 0 0-76 0z" }),
			ring("edge"),
			ring("ring"),
		),
	);
}

export interface GuideActions {
	start(): void;
	other: Action;
	choose(id: string): void;
}

/** Guide is the camera picture with the oval, and what to do to fit into it. */
export class Guide implements Screen {
	readonly step = 2;
	readonly element: HTMLElement;
	readonly #words: Words;
	readonly #title = title("");
	readonly #text = text("");
	readonly #hint = h("p", { class: "hint", part: "hint" });
	readonly #start: HTMLButtonElement;
	readonly #select: HTMLSelectElement;
	readonly #choice: HTMLElement;
	#ready = false;
	#said = "";

	constructor(w: Words, stream: MediaStream, act: GuideActions) {
		this.#words = w;
		const video = h("video", {
			part: "video",
			autoplay: true,
			playsinline: true,
			muted: true,
			"aria-label": w.preview,
		});
		video.muted = true;
		video.srcObject = stream;
		this.#start = button({ text: w.start, primary: true, act: () => this.#ready && act.start() });
		this.#select = h("select", { id: "camera", part: "select", change: () => act.choose(this.#select.value) });
		this.#choice = h(
			"div",
			{ class: "choice", hidden: true },
			h("label", { for: "camera" }, w.camera),
			h("div", { class: "select" }, this.#select, icon("down")),
		);
		const made = screen(
			"guide",
			2,
			h("div", { class: "picture" }, h("div", { class: "preview", part: "preview" }, video, oval(), this.#hint)),
			h(
				"div",
				{ class: "column" },
				this.#title,
				this.#text,
				this.#choice,
				h("div", { class: "actions", part: "actions" }, this.#start, button(act.other)),
			),
		);
		this.element = made.element;
		this.update("connecting", "", false);
	}

	/** update shows where the customer stands; it answers what is new to say aloud. */
	update(phase: "connecting" | "position" | "ready", hint: string, cooling: boolean): string {
		const w = this.#words;
		this.#ready = phase === "ready" && !cooling;
		this.element.dataset["phase"] = cooling && phase === "ready" ? "position" : phase;
		this.#title.textContent = w[phase === "connecting" ? "connectingTitle" : this.#ready ? "readyTitle" : "guideTitle"];
		this.#text.textContent = this.#ready ? w.ready : w.guide;
		const key = hintKey(hint);
		const says =
			phase === "connecting"
				? "connecting"
				: this.#ready
					? "hintReady"
					: phase === "ready"
						? "cooling"
						: (key ?? "hint");
		const drawing = this.#ready
			? "check"
			: says === "connecting" || says === "cooling"
				? "wait"
				: (pictures[says] ?? "face");
		const spoken = this.#ready ? w.readyTitle + ". " + w.ready : w[says];
		if (spoken === this.#said) return "";
		this.#said = spoken;
		this.#hint.replaceChildren(icon(drawing), h("span", {}, w[says]));
		// Focus stays on a button that waits, so it is not disabled but says that it is.
		this.#start.setAttribute("aria-disabled", String(!this.#ready));
		return spoken;
	}

	/** cameras fills the choice, which is shown when there is one. */
	cameras(all: { id: string; label: string }[], chosen: string): void {
		const options = all.map((c, i) =>
			h("option", { value: c.id, selected: c.id === chosen }, c.label || fill(this.#words.cameraNumber, i + 1)),
		);
		this.#select.replaceChildren(...options);
		this.#choice.hidden = all.length < 2;
	}

	/** use shows another camera's picture. */
	use(stream: MediaStream): void {
		const video = this.element.querySelector("video");
		if (video) video.srcObject = stream;
	}

	focusStart(): void {
		this.#start.focus();
	}
}
