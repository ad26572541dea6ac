// The stage is the whole screen while the colours are on it: one opaque
// element with four tiles. It knows nothing of the connection.

import { frame, now, unix } from "./clock";
import { h, s } from "./dom";
import { mix, neutral, neutralTiles, safe } from "./light";
import type { Slot, Tiles } from "./wire";

export type Shown = { i: number; at: number; next: number; missed: number };

/** How long the soft change takes that is offered instead of the hard one. */
const softMs = 80;

export class Stage {
	readonly element: HTMLDialogElement;
	/** Told of each slot one frame after it was set. */
	onShown: (shown: Shown) => void = () => {};
	/** Told when the screen stood still for so long that a slot was never shown. */
	onStalled: () => void = () => {};
	/** Told when the stage was closed by somebody else. */
	onClosed: () => void = () => {};
	soft = false;
	/** The time between two frames of the display, milliseconds. */
	period = 1000 / 60;

	readonly #quarters: readonly HTMLElement[];
	readonly #text: HTMLElement;
	#open = false;
	#tiles: Tiles = neutralTiles;
	#from: Tiles = neutralTiles;
	#to: Tiles = neutralTiles;
	#since = 0;
	#opacity = 0;
	#ground = "#ffffff";
	#steps = 0;
	#accepted: Slot | undefined;
	#queue: Slot[] = [];
	#current: Slot | undefined;
	#unacknowledged: { i: number; at: number; missed: number } | undefined;
	#missed = 0;
	#before = 0;
	#run = 0;
	#lowering = false;
	#lowered: Promise<void> = Promise.resolve();

	constructor() {
		this.#quarters = ["tl", "tr", "bl", "br"].map((place) => h("div", { class: "tile " + place }));
		this.#text = h("p", { class: "mark-text" });
		this.element = h(
			"dialog",
			{
				class: "stage",
				part: "stage",
				tabindex: "-1",
				autofocus: true,
				cancel: (e) => e.preventDefault(),
				close: () => this.open && this.onClosed(),
			},
			...this.#quarters,
			h(
				"div",
				{ class: "mark", "aria-hidden": "true" },
				s(
					"svg",
					{ viewBox: "0 0 78 102", class: "mark-oval" },
					s("ellipse", { class: "mark-edge", cx: "39", cy: "51", rx: "38", ry: "50" }),
					s("ellipse", { cx: "39", cy: "51", rx: "38", ry: "50" }),
				),
				this.#text,
			),
		);
	}

	/** tiles are the colours on the screen now; null while there is no stage. */
	get tiles(): Tiles | null {
		if (!this.open) return null;
		if (this.#opacity >= 1) return this.#tiles;
		const [a, b, c, d] = this.#tiles.map((t) => mix(this.#ground, t, this.#opacity)) as [
			string,
			string,
			string,
			string,
		];
		return [a, b, c, d];
	}

	get open(): boolean {
		return this.#open;
	}

	/** raise covers the page with neutral. ground is the colour under it, and says the text that stays. */
	async raise(ms: number, ground: string, label: string, text: string): Promise<void> {
		this.#ground = ground;
		this.#text.textContent = text;
		this.element.setAttribute("aria-label", label);
		this.#reset();
		this.#cover(0);
		this.#open = true;
		this.element.showModal();
		this.element.focus();
		this.#set(neutralTiles);
		await animate(ms, (share) => this.#cover(share));
	}

	/** arm says how many slots will come, and begins to look at every frame. */
	arm(steps: number): void {
		this.#reset();
		this.#steps = steps;
		this.#change(neutralTiles, 0);
		void this.#watch(++this.#run);
	}

	/** show plans one slot. It answers false, and shows nothing, when the slot is not the next one, comes two ahead, or is not safe. */
	show(slot: Slot): boolean {
		const expected = (this.#accepted?.i ?? -1) + 1;
		const ahead = this.#queue.some((q) => q.at > now());
		if (slot.i !== expected || slot.i >= this.#steps || ahead || !safe(slot, this.#accepted)) return false;
		this.#accepted = slot;
		this.#queue.push(slot);
		return true;
	}

	/** calm goes back to neutral from whatever is shown; nothing more is shown after it. */
	async calm(ms: number): Promise<void> {
		this.#reset();
		const from = this.#tiles;
		if (from.every((t) => t === neutral)) return;
		await animate(ms, (share) => this.#blend(from, neutralTiles, share));
	}

	/** lower uncovers the page. */
	lower(ms: number): Promise<void> {
		if (this.#open && !this.#lowering) this.#lowered = this.#uncover(ms);
		return this.#lowered;
	}

	/** lowered resolves when the page that is being uncovered is. */
	get lowered(): Promise<void> {
		return this.#lowered;
	}

	async #uncover(ms: number): Promise<void> {
		this.#lowering = true;
		await this.calm(0);
		await animate(ms, (share) => this.#cover(1 - share));
		this.close();
	}

	close(): void {
		this.#open = false;
		this.#lowering = false;
		this.element.classList.remove("full");
		this.#reset();
		if (this.element.open) this.element.close();
	}

	#reset(): void {
		this.#queue = [];
		this.#accepted = undefined;
		this.#current = undefined;
		this.#unacknowledged = undefined;
		this.#steps = 0;
		this.#missed = 0;
		this.#before = 0;
	}

	async #watch(run: number): Promise<void> {
		while (this.#run === run && this.#steps > 0) {
			const t = unix(await frame());
			if (this.#run === run && this.#steps > 0) this.#tick(t);
		}
	}

	/** One frame of the display, at the time t. */
	#tick(t: number): void {
		if (this.#before > 0) this.#missed += Math.max(0, Math.round((t - this.#before) / this.period) - 1);
		this.#before = t;
		const shown = this.#unacknowledged;
		this.#unacknowledged = undefined;
		if (shown) this.onShown({ ...shown, next: t });

		// The time stamp of a frame and the planned time are both rounded.
		const due = this.#queue.filter((q) => q.at <= t + 1);
		const [next] = due;
		// Its light would come when that of the one after it is expected.
		if (due.length > 1 || (next && next.at + next.ms <= t)) return this.onStalled();
		if (next) {
			this.#queue = this.#queue.filter((q) => q !== next);
			this.#current = next;
			this.#unacknowledged = { i: next.i, at: t, missed: this.#missed };
			this.#missed = 0;
			this.#change(next.tiles, t);
		} else if (this.#current?.i === this.#steps - 1 && t >= this.#current.at + this.#current.ms) {
			this.#current = undefined;
			this.#change(neutralTiles, t);
		}
		if (this.soft) this.#blend(this.#from, this.#to, Math.min(1, (t - this.#since) / softMs));
	}

	#change(to: Tiles, t: number): void {
		this.#from = this.#tiles;
		this.#to = to;
		this.#since = t;
		if (!this.soft) this.#set(to);
	}

	#blend(from: Tiles, to: Tiles, share: number): void {
		const at = (i: 0 | 1 | 2 | 3): string => (share >= 1 ? to[i] : mix(from[i], to[i], share));
		this.#set([at(0), at(1), at(2), at(3)]);
	}

	#set(tiles: Tiles): void {
		this.#tiles = tiles;
		this.#quarters.forEach((q, i) => {
			q.style.backgroundColor = tiles[i] ?? neutral;
		});
	}

	#cover(opacity: number): void {
		this.#opacity = opacity;
		this.element.style.opacity = String(opacity);
		this.element.classList.toggle("full", this.#open && opacity >= 1);
	}
}

/**
 * animate calls step with shares from 0 to 1 in time, and always with 1 at the
 * end: also when the page is not drawn and gets no frames.
 */
async function animate(ms: number, step: (share: number) => void): Promise<void> {
	if (ms > 0) {
		const begin = now();
		const late = new Promise<undefined>((done) => setTimeout(done, ms + 100));
		for (;;) {
			const stamp = await Promise.race([frame(), late]);
			const share = stamp === undefined ? 1 : (unix(stamp) - begin) / ms;
			if (share >= 1) break;
			step(Math.max(0, share));
		}
	}
	step(1);
}
