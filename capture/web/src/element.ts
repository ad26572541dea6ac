// <rostod-capture>: a capture from the first word to the bundle.

import { dress, supported } from "./browser";
import { Camera, CameraError } from "./camera";
import { now, pause, refresh } from "./clock";
import { Frame } from "./frame";
import { drawings, never, type Problem, sameAgain } from "./problems";
import { Screen } from "./screen";
import { type Action, Guide, intro, message, type Screen as Page } from "./screens";
import { type End, type Phase, Session } from "./session";
import { Stage } from "./stage";
import type { OtherWay, Renewed, State } from "./states";
import type { Tiles } from "./wire";
import { fill, hintKey, type Language, languageOf, type Words, wordsIn } from "./words";

/** After the colours the page is calm for so long, milliseconds. */
const coolMs = 5000;

export class RostodCapture extends HTMLElement {
	static readonly observedAttributes = ["locale", "noflash", "soft"];

	/**
	 * renew brings a new challenge for another try. Without it the host hears
	 * `rostod-retry`, sets whip-url and token, and calls start. It is false
	 * where nobody can bring one.
	 */
	renew: (() => Promise<Renewed>) | null | false = null;

	readonly #stage = new Stage();
	readonly #screen = new Screen();
	readonly #frame = new Frame();
	#make: (() => Page) | undefined;
	#state: State = "intro";
	#informed = false; // the caution was read and accepted
	#camera: Camera | undefined;
	#guide: Guide | undefined;
	#session: Session | undefined;
	#phase: Phase = "connecting";
	#hint = "";
	#try = new AbortController();
	#coolUntil = 0;
	#busy = 0;
	#hintTold = "";

	constructor() {
		super();
		const root = this.attachShadow({ mode: "open" });
		dress(root);
		// The stage stands first, so that the page can be left undrawn while it is covered.
		root.append(this.#stage.element, this.#frame.element);
	}

	/** tiles are the four colours on the screen now, as the customer sees them; null while there are none. */
	get tiles(): Tiles | null {
		return this.#stage.tiles;
	}

	get state(): State {
		return this.#state;
	}

	get whipUrl(): string {
		return this.getAttribute("whip-url") ?? "";
	}
	set whipUrl(url: string) {
		this.setAttribute("whip-url", url);
	}

	get token(): string {
		return this.getAttribute("token") ?? "";
	}
	set token(token: string) {
		this.setAttribute("token", token);
	}

	get locale(): Language {
		return languageOf([this.getAttribute("locale"), ...navigator.languages]);
	}

	get noflash(): boolean {
		return this.hasAttribute("noflash");
	}

	connectedCallback(): void {
		this.#stage.soft = this.hasAttribute("soft");
		navigator.mediaDevices?.addEventListener("devicechange", this.#devices);
		this.#introduce();
		this.#tell("rostod-ready", { locale: this.locale, noflash: this.noflash });
	}

	disconnectedCallback(): void {
		navigator.mediaDevices?.removeEventListener("devicechange", this.#devices);
		this.#session?.abort("hidden");
		this.#stop();
	}

	attributeChangedCallback(name: string): void {
		this.#stage.soft = this.hasAttribute("soft");
		if (!this.isConnected) return;
		if (name === "noflash" && this.#state === "intro") this.#introduce();
		if (name === "locale" && this.#make && !this.#stage.open) this.#show(this.#make);
	}

	/** start begins a capture, or the next one with a new whip-url and token. The first begins with the caution. */
	async start(): Promise<void> {
		this.#stop();
		if (this.noflash || !this.#informed) this.#introduce(true);
		else await this.#capture();
	}

	/** abort ends what is under way, as the customer would with a key. */
	abort(): void {
		if (this.#session) this.#session.abort("user");
		else if (this.#state !== "intro") {
			this.#stop();
			this.#introduce(true);
		}
	}

	/** fail shows a problem that was found before a capture could begin. */
	fail(problem: Problem): void {
		this.#stop();
		this.#problem(problem, 0);
	}

	get #words(): Words {
		return wordsIn(this.locale);
	}

	get #mayLeaveOnly(): boolean {
		return this.getAttribute("other-way") === "cancel";
	}

	#introduce(focus = false): void {
		const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;
		this.#enter("intro");
		this.#show(() => {
			const w = this.#words;
			const leave = this.#mayLeaveOnly;
			if (this.noflash)
				return message(
					{ tone: "again", drawing: "people" },
					w.noflashTitle,
					leave ? w.noflashLeave : w.noflash,
					this.#otherWay(true),
				);
			const go: Action = {
				text: reduced ? w.goAnyway : w.go,
				primary: !reduced,
				act: () => {
					this.#informed = true;
					void this.#capture();
				},
			};
			const advice = leave ? "reducedLeave" : "reduced";
			return intro(w, leave ? "cautionLeave" : "caution", reduced ? advice : undefined, go, this.#otherWay(reduced));
		}, focus);
	}

	#otherWay(primary = false): Action {
		return {
			text: this.#mayLeaveOnly ? this.#words.leave : this.#words.other,
			primary,
			act: () => this.#goAnotherWay(this.noflash ? "noflash" : "customer"),
		};
	}

	/** ways are "try again", where that can be, and the other way. */
	#ways(needsNew: boolean, again: () => Promise<void>): Action[] {
		if (needsNew && this.renew === false) return [this.#otherWay(true)];
		return [{ text: this.#words.again, primary: true, act: () => void again() }, this.#otherWay()];
	}

	#goAnotherWay(reason: OtherWay["reason"]): void {
		this.#session?.abort("user");
		this.#stop();
		this.#enter("other_way");
		this.#show(() => {
			const w = this.#words;
			const left = this.#mayLeaveOnly && reason !== "daemon";
			return left
				? message({ tone: "stop" }, w.leftTitle, w.leftText)
				: message({ tone: "again", drawing: "people" }, w.otherTitle, w.otherText);
		}, true);
		this.#tell("rostod-other-way", { reason });
	}

	/** capture is one try: camera, connection, colours, outcome. */
	async #capture(): Promise<void> {
		this.#stop();
		const { signal } = this.#try;
		if (!supported()) return this.#problem("old_browser", 0);
		if (!this.whipUrl) return this.#renew("");
		try {
			this.#enter("camera");
			this.#show(
				() =>
					message(
						{ tone: "wait", step: 2, drawing: "camera" },
						this.#words.askingTitle,
						this.#words.asking,
						this.#otherWay(),
					),
				true,
			);
			const period = refresh();
			const camera = await Camera.open();
			if (signal.aborted) return camera.stop();
			this.#camera = camera;
			void this.#screen.keepAwake();
			const end = await this.#run(camera, await period);
			if (!signal.aborted) this.#ended(end);
		} catch (cause) {
			if (!signal.aborted) this.#problem(cause instanceof CameraError ? cause.trouble : "failed", 0);
		}
	}

	async #run(camera: Camera, period: number): Promise<End> {
		this.#phase = "connecting";
		this.#hint = "";
		this.#enter("connecting");
		this.#show(() => this.#newGuide(camera), true);
		const session = new Session({
			whipUrl: this.whipUrl,
			token: this.token,
			locale: this.locale,
			camera,
			stage: this.#stage,
			screen: this.#screen,
			host: this,
			period,
			words: () => ({ label: this.#words.stageLabel, text: this.#words.stageText, ground: this.#frame.ground }),
			tell: (phase, hint) => this.#follow(phase, hint),
		});
		this.#session = session;
		const end = await session.run();
		if (this.#session === session) this.#session = undefined;
		return end;
	}

	#newGuide(camera: Camera): Guide {
		const guide = new Guide(this.#words, camera.stream, {
			start: () => void this.#session?.begin(),
			other: this.#otherWay(),
			choose: (id) => void this.#choose(id),
		});
		this.#guide = guide;
		this.#follow(this.#phase, this.#hint);
		this.#devices();
		return guide;
	}

	/** choose changes the camera while the face is put into place. */
	async #choose(id: string): Promise<void> {
		const session = this.#session;
		const old = this.#camera;
		try {
			const camera = await Camera.open(id);
			if (!session || this.#session !== session) return camera.stop();
			this.#camera = camera;
			await session.use(camera);
			old?.stop();
			camera.remember();
			this.#guide?.use(camera.stream);
		} catch (cause) {
			if (cause instanceof CameraError) this.#frame.ears.say(this.#words[`${cause.trouble}Title`]);
		}
		this.#devices();
	}

	readonly #devices = (): void => {
		const [guide, camera] = [this.#guide, this.#camera];
		if (guide && camera) void Camera.choices().then((all) => guide.cameras(all, camera.id));
	};

	/** follow shows where the session stands. */
	#follow(phase: Phase, hint: string): void {
		const before = this.#phase;
		[this.#phase, this.#hint] = [phase, hint];
		if (phase === "connecting" || phase === "position" || phase === "ready") return this.#position(phase, hint);
		this.#enter(phase, hint);
		if (phase !== "checking" || before === "checking") return;
		this.#cool();
		this.#show(() => message({ tone: "wait", step: 3 }, this.#words.checkingTitle, this.#words.checking));
		// Nothing under a dialog is read aloud.
		void this.#stage.lowered.then(() => this.#state === "checking" && this.#frame.ears.say(this.#words.announceEnd));
	}

	#position(phase: "connecting" | "position" | "ready", hint: string): void {
		const cooling = this.#coolUntil - now();
		const says = this.#guide?.update(phase, hint, cooling > 0) ?? "";
		if (says) this.#frame.ears.mention(says);
		if (phase === "ready" && cooling <= 0 && this.shadowRoot?.activeElement === this.#guide?.element)
			this.#guide?.focusStart();
		if (phase === "ready" && cooling > 0)
			void pause(cooling).then(() => this.#phase === "ready" && this.#position("ready", this.#hint));
		if (phase !== "connecting") this.#enter(phase, hint);
	}

	#cool(): void {
		this.#coolUntil = now() + coolMs;
	}

	#ended(end: End): void {
		this.#stop();
		switch (end.kind) {
			case "captured":
				this.#enter("captured");
				this.#show(() => message({ tone: "good", step: 3 }, this.#words.capturedTitle, this.#words.captured), true);
				this.#tell("rostod-captured", { bundle: end.bundle });
				return;
			case "retry":
				return this.#again("retry", end.hint);
			case "aborted":
				this.#cool();
				return this.#again("stopped", end.reason);
			case "other_way":
				return this.#goAnotherWay("daemon");
			case "problem":
				return this.#problem(end.problem, end.retryAfter);
		}
	}

	/** again offers another try, which needs a new challenge. */
	#again(state: "retry" | "stopped", hint: string): void {
		this.#enter(state, hint);
		this.#show(() => {
			const w = this.#words;
			const key = hintKey(hint);
			const body = key ? w[key] : w.retry;
			const ways = this.#ways(true, () => this.#renew(hint));
			return state === "retry"
				? message({ tone: "again" }, w.retryTitle, body, ...ways)
				: message({ tone: "stop", drawing: "hand" }, w.stoppedTitle, body, ...ways);
		}, true);
	}

	/** renew asks the host for a new challenge and goes on with it. */
	async #renew(hint: string): Promise<void> {
		this.#stop();
		const { signal } = this.#try;
		this.#show(() => message({ tone: "wait" }, this.#words.renewing, "", this.#otherWay()), true);
		this.#tell("rostod-retry", { hint });
		try {
			const renewed = this.renew ? await this.renew() : undefined;
			if (!renewed || signal.aborted) return;
			this.whipUrl = renewed.whipUrl;
			this.token = renewed.token;
			await this.#capture();
		} catch {
			if (!signal.aborted) this.#problem("failed", 0);
		}
	}

	#problem(problem: Problem, retryAfter: number): void {
		this.#stop();
		this.#enter("problem", problem);
		const seconds = Math.min(30, Math.max(2, Math.ceil(retryAfter || 5)));
		const waits = problem === "busy" && this.#busy++ < 5;
		const shown: Exclude<Problem, "protocol" | "offer"> =
			problem === "protocol" || problem === "offer" ? "failed" : problem;
		this.#show(() => {
			const w = this.#words;
			const same = sameAgain.has(problem);
			const ways = never.has(problem)
				? [this.#otherWay(true)]
				: this.#ways(!same, () => (same ? this.#capture() : this.#renew(problem)));
			const drawing = drawings[shown];
			return message(
				{ tone: "stop", ...(drawing ? { drawing } : {}) },
				w[`${shown}Title`],
				fill(w[shown], seconds),
				...ways,
			);
		}, true);
		this.#tell("rostod-error", { code: problem, retryAfter });
		const { signal } = this.#try;
		if (waits) void pause(seconds * 1000).then(() => (signal.aborted ? undefined : this.#capture()));
	}

	/** stop gives camera and screen back, and forgets the try that is under way. */
	#stop(): void {
		this.#try.abort();
		this.#try = new AbortController();
		this.#frame.ears.hush();
		this.#camera?.stop();
		this.#camera = undefined;
		this.#guide = undefined;
		void this.#screen.leave(this);
	}

	#enter(state: State, hint = ""): void {
		const same = this.#state === state && this.#hintTold === hint;
		this.#state = state;
		this.#hintTold = hint;
		if (state === "captured" || state === "colours") this.#busy = 0;
		if (!same) this.#tell("rostod-progress", { state, hint });
	}
	#show(make: () => Page, focus = false): void {
		this.#make = make;
		this.#frame.show(make(), this.locale, focus);
	}

	#tell(type: string, detail: object): void {
		this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
	}
}
