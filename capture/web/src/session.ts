// One session with the daemon: from the published camera to an outcome.

import type { Camera } from "./camera";
import { now, pause } from "./clock";
import { guard } from "./guard";
import { Link, type LinkTrouble } from "./link";
import type { Screen } from "./screen";
import type { Stage } from "./stage";
import { WhipError } from "./whip";
import type { AbortReason, Arm, CameraReport, Done, FromDaemon, Slot } from "./wire";

/** Why the page ended a session. A screen that stood still is to the daemon as good as one that was left, and to the customer it is not. */
export type Stop = AbortReason | "stalled";

/** How a session ended. */
export type End =
	| { kind: "captured"; bundle: string }
	| { kind: "retry" | "other_way"; hint: string }
	| { kind: "aborted"; reason: Stop }
	| { kind: "problem"; problem: SessionProblem; retryAfter: number };

export type SessionProblem =
	| "expired"
	| "used"
	| "unknown"
	| "token"
	| "offer"
	| "busy"
	| "network"
	| "failed"
	| LinkTrouble;

export type Phase = "connecting" | "position" | "ready" | "colours" | "checking";

export interface Setting {
	whipUrl: string;
	token: string;
	locale: string;
	camera: Camera;
	stage: Stage;
	screen: Screen;
	/** The element that becomes fullscreen. */
	host: Element;
	/** The time between two frames of the display, milliseconds. */
	period: number;
	/** What the stage says, to the ear and to the eye, and the colour of the page under it. */
	words(): { label: string; text: string; ground: string };
	/** Told of each new phase, and of each new hint. */
	tell(phase: Phase, hint: string): void;
}

/** The fades between the page and neutral, and from a colour to neutral when somebody stops, milliseconds. */
const fadeMs = 600;
const calmMs = 300;

/** How long the daemon is waited for, milliseconds. */
const patience = {
	connect: 12_000,
	guide: 8_000,
	ready: 1_500,
	again: 700,
	arm: 5_000,
	slot: 3_000,
	done: 20_000,
	farewell: 1_500,
};

/** How long before the first colour exposure is held. */
const lockAhead = 350;

export class Session {
	readonly #setting: Setting;
	readonly #ending = new AbortController();
	#camera: Camera;
	#link: Link | undefined;
	#phase: Phase = "connecting";
	#hint = "";
	#begun = false; // the customer pressed start, and the page is on its way to the colours
	#started = false; // the daemon was told
	#steps = 0;
	#aborted: Stop | undefined;
	#stage: Promise<void> = Promise.resolve();
	#unguard: () => void = () => {};
	#locked: Promise<CameraReport | undefined> = Promise.resolve(undefined);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#again: ReturnType<typeof setTimeout> | undefined;
	#end: (end: End) => void = () => {};
	readonly #ended: Promise<End>;

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#camera = setting.camera;
		this.#ended = new Promise((done) => {
			this.#end = done;
		});
	}

	/** run lasts until the outcome. It leaves neither connection nor stage behind. */
	async run(): Promise<End> {
		const { whipUrl, token } = this.#setting;
		this.#setting.stage.onShown = (shown) => void this.#acknowledge(shown);
		this.#setting.stage.onClosed = () => this.abort("user");
		this.#setting.stage.onStalled = () => this.abort("hidden", "stalled");
		this.#watchCamera();
		this.#wait(patience.connect, "network");
		const listener = { heard: (m: FromDaemon) => this.#heard(m), lost: (t: LinkTrouble) => this.#fail(t) };
		Link.open(whipUrl, token, this.#camera, listener, this.#ending.signal).then(
			(link) => this.#opened(link),
			(cause) => this.#refused(cause),
		);
		const end = await this.#ended;
		clearTimeout(this.#timer);
		clearTimeout(this.#again);
		this.#ending.abort();
		this.#unguard();
		this.#link?.close();
		await this.#stage;
		await this.#setting.stage.lower(fadeMs);
		return end;
	}

	/** begin is the customer's gesture: fullscreen, neutral, start. It does nothing before the daemon is ready. */
	async begin(): Promise<void> {
		const { stage, screen, host, words } = this.#setting;
		if (this.#phase !== "ready" || this.#begun) return;
		this.#begun = true;
		await screen.fill(host);
		if (this.#over) return;
		this.#unguard = guard(host, (reason) => this.abort(reason));
		const { label, text, ground } = words();
		stage.period = this.#setting.period;
		this.#stage = stage.raise(fadeMs, ground, label, text);
		await this.#stage;
		for (const until = now() + patience.ready; !this.#isReady && now() < until && !this.#over; ) await pause(50);
		if (this.#over) return;
		if (!this.#isReady) return this.#back();
		this.#started = true;
		this.#wait(patience.arm, "link_lost");
		this.#sayStart();
	}

	#sayStart(): void {
		this.#link?.send({
			type: "start",
			camera: this.#camera.report(),
			screen: this.#setting.screen.now(this.#setting.period),
		});
	}

	/** abort ends the session for a reason the daemon is told. */
	abort(reason: AbortReason, why: Stop = reason): void {
		if (this.#over) return;
		this.#aborted = why;
		this.#link?.send({ type: "abort", reason });
		this.#unguard();
		const { stage } = this.#setting;
		if (reason === "hidden") stage.close();
		else this.#stage = this.#stage.then(() => stage.calm(calmMs));
		clearTimeout(this.#timer);
		const wait = this.#link && reason !== "hidden" ? patience.farewell : 0;
		this.#timer = setTimeout(() => this.#end({ kind: "aborted", reason: why }), wait);
	}

	/** use goes on with another camera. Before start only. */
	async use(camera: Camera): Promise<void> {
		this.#camera = camera;
		this.#watchCamera();
		await this.#link?.use(camera);
	}

	get #over(): boolean {
		return this.#ending.signal.aborted || this.#aborted !== undefined;
	}

	get #isReady(): boolean {
		return this.#phase === "ready";
	}

	#opened(link: Link): void {
		this.#link = link;
		const { screen, locale, period } = this.#setting;
		if (this.#ending.signal.aborted) return link.close();
		this.#wait(patience.guide, "link_lost");
		link.send({
			type: "hello",
			v: 1,
			client: `rostod-capture/1 ${navigator.userAgent}`.slice(0, 300),
			locale,
			screen: screen.ahead(period),
			camera: this.#camera.report(),
		});
	}

	#heard(m: FromDaemon): void {
		if (this.#aborted && m.type !== "done") return;
		switch (m.type) {
			case "guide":
				return this.#guided(m.state, m.hint);
			case "arm":
				return this.#armed(m);
			case "slot":
				return this.#slot(m);
			case "finish":
				return this.#finished();
			case "done":
				return this.#done(m);
			case "error":
				return this.#fail(/expired|time-up/.test(m.code) ? "expired" : "failed");
		}
	}

	#guided(state: "position" | "ready", hint: string): void {
		if (this.#steps > 0) return;
		clearTimeout(this.#timer);
		this.#hint = hint;
		this.#enter(state);
		if (!this.#started) return;
		if (state === "position") return void this.#back();
		// Either this crossed our start on the way, or our start came too early to be taken.
		this.#wait(patience.arm, "link_lost");
		clearTimeout(this.#again);
		this.#again = setTimeout(() => this.#started && this.#steps === 0 && this.#sayStart(), patience.again);
	}

	#armed({ steps, leadMs }: Arm): void {
		if (!this.#started || this.#steps > 0 || steps === 0) return this.#fail("protocol");
		this.#steps = steps;
		this.#setting.stage.arm(steps);
		this.#enter("colours");
		this.#wait(leadMs + patience.slot, "link_lost");
		this.#locked = pause(Math.max(0, leadMs - lockAhead)).then(async () => {
			if (this.#over) return undefined;
			await this.#camera.lock();
			return this.#camera.report();
		});
	}

	#slot(slot: Slot): void {
		if (!this.#setting.stage.show(slot)) return this.#fail("protocol");
		this.#wait(slot.at - now() + slot.ms + patience.slot, "link_lost");
	}

	async #acknowledge(shown: { i: number; at: number; next: number; missed: number }): Promise<void> {
		const camera = shown.i === 0 ? await Promise.race([this.#locked, pause(100).then(() => undefined)]) : undefined;
		if (!this.#over) this.#link?.send({ type: "shown", ...shown, ...(camera ? { camera } : {}) });
	}

	#finished(): void {
		if (this.#steps === 0) return this.#fail("protocol");
		this.#unguard();
		this.#wait(patience.done, "link_lost");
		this.#stage = this.#setting.stage.lower(fadeMs);
		this.#enter("checking");
	}

	#done({ outcome, hint, bundle }: Done): void {
		if (outcome === "captured") this.#end({ kind: "captured", bundle });
		else if (outcome === "retry" && this.#aborted) this.#end({ kind: "aborted", reason: this.#aborted });
		else this.#end({ kind: outcome, hint });
	}

	/** back shows the page again because the face was lost before the colours. */
	async #back(): Promise<void> {
		this.#started = false;
		this.#unguard();
		this.#stage = this.#setting.stage.lower(fadeMs);
		await this.#stage;
		this.#begun = false;
		if (!this.#over) this.#setting.tell(this.#phase, this.#hint);
	}

	#refused(cause: unknown): void {
		if (this.#over) return;
		const [status, retryAfter] = cause instanceof WhipError ? [cause.status, cause.retryAfter] : [0, 0];
		this.#end({ kind: "problem", problem: problemOf(status), retryAfter });
	}

	#fail(problem: SessionProblem): void {
		const { stage } = this.#setting;
		this.#unguard();
		this.#stage = this.#stage.then(() => stage.calm(calmMs));
		this.#end(this.#aborted ? { kind: "aborted", reason: this.#aborted } : { kind: "problem", problem, retryAfter: 0 });
	}

	#enter(phase: Phase): void {
		this.#phase = phase;
		this.#setting.tell(phase, this.#hint);
	}

	#wait(ms: number, problem: SessionProblem): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#fail(problem), ms);
	}

	#watchCamera(): void {
		const { track } = this.#camera;
		const lost = (): void => {
			if (this.#camera.track === track) this.abort("camera_lost");
		};
		track.addEventListener("ended", lost, { signal: this.#ending.signal });
		track.addEventListener("mute", () => this.#started && lost(), { signal: this.#ending.signal });
	}
}

function problemOf(status: number): SessionProblem {
	switch (status) {
		case 401:
		case 403:
			return "token";
		case 404:
			return "unknown";
		case 409:
			return "used";
		case 410:
			return "expired";
		case 415:
		case 422:
			return "offer";
		case 429:
		case 503:
			return "busy";
		case 0:
			return "network";
		default:
			return "failed";
	}
}
