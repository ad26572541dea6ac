// The camera: which one, how it is asked for, and how its exposure is held.

import type { CameraReport } from "./wire";

export type CameraTrouble = "no_camera" | "denied" | "in_use" | "insecure" | "old_browser" | "slow_camera";

export class CameraError extends Error {
	constructor(readonly trouble: CameraTrouble) {
		super(trouble);
	}
}

/** Settings that are not in the standard library of types yet (mediacapture-image, mediacapture-extensions). */
type Settings = MediaTrackSettings & {
	exposureMode?: string;
	exposureTime?: number;
	whiteBalanceMode?: string;
	colorTemperature?: number;
	focusMode?: string;
	focusDistance?: number;
};
type Abilities = MediaTrackCapabilities & {
	exposureMode?: string[];
	whiteBalanceMode?: string[];
	focusMode?: string[];
};

const remembered = "rostod.camera";

/** wanted is what is asked of a camera. Effects that light or cut out the face again would hide what is measured. */
function wanted(deviceId: string, slowest: number): MediaTrackConstraints {
	return {
		width: { ideal: 640 },
		height: { ideal: 480 },
		frameRate: { ideal: 30, min: slowest },
		...(deviceId ? { deviceId: { ideal: deviceId } } : { facingMode: "user" }),
		...{ resizeMode: "none", backgroundBlur: false, faceFraming: false, eyeGazeCorrection: false },
	};
}

export class Camera {
	readonly track: MediaStreamTrack;
	readonly stream: MediaStream;
	#constraints: MediaTrackConstraints;

	private constructor(stream: MediaStream, track: MediaStreamTrack, constraints: MediaTrackConstraints) {
		this.stream = stream;
		this.track = track;
		this.#constraints = constraints;
		track.contentHint = "motion";
	}

	/** open asks for the camera that was chosen, or the one of last time. It fails with a CameraError. */
	static async open(deviceId = recall()): Promise<Camera> {
		if (!window.isSecureContext) throw new CameraError("insecure");
		if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("old_browser");
		for (const slowest of [24, 15]) {
			const constraints = wanted(deviceId, slowest);
			try {
				const stream = await navigator.mediaDevices.getUserMedia({ video: constraints, audio: false });
				const track = stream.getVideoTracks()[0];
				if (!track) throw new CameraError("no_camera");
				const camera = new Camera(stream, track, constraints);
				await camera.#shrink();
				return camera;
			} catch (cause) {
				const slow = cause instanceof DOMException && cause.name === "OverconstrainedError";
				if (!slow || slowest === 15) throw troubleOf(cause);
			}
		}
		throw new CameraError("slow_camera");
	}

	/** choices are the cameras that there are; browsers name them only after one was allowed. */
	static async choices(): Promise<{ id: string; label: string }[]> {
		try {
			const all = await navigator.mediaDevices.enumerateDevices();
			return all.filter((d) => d.kind === "videoinput" && d.deviceId).map((d) => ({ id: d.deviceId, label: d.label }));
		} catch {
			return [];
		}
	}

	get id(): string {
		return this.track.getSettings().deviceId ?? "";
	}

	remember(): void {
		try {
			localStorage.setItem(remembered, this.id);
		} catch {
			// A page without storage asks again.
		}
	}

	report(): CameraReport {
		const settings: Record<string, unknown> = {};
		for (const [name, value] of Object.entries(this.track.getSettings()))
			if (name !== "deviceId" && name !== "groupId") settings[name] = value;
		return { label: this.track.label.slice(0, 120), settings };
	}

	/**
	 * lock holds exposure, white balance and focus where they are, as far as
	 * the browser lets it. What came of it is in the report afterwards.
	 */
	async lock(): Promise<void> {
		const can: Abilities = this.track.getCapabilities?.() ?? {};
		const is: Settings = this.track.getSettings();
		const hold: Record<string, unknown> = {};
		if (can.exposureMode?.includes("manual") && is.exposureTime !== undefined)
			Object.assign(hold, { exposureMode: "manual", exposureTime: is.exposureTime });
		if (can.whiteBalanceMode?.includes("manual") && is.colorTemperature !== undefined)
			Object.assign(hold, { whiteBalanceMode: "manual", colorTemperature: is.colorTemperature });
		if (can.focusMode?.includes("manual") && is.focusDistance !== undefined)
			Object.assign(hold, { focusMode: "manual", focusDistance: is.focusDistance });
		if (Object.keys(hold).length === 0) return;
		try {
			// Constraints that are not named again are dropped, and the size with them.
			await this.track.applyConstraints({ ...this.#constraints, advanced: [hold] });
		} catch {
			// Unlocked is measured too, with more noise.
		}
	}

	stop(): void {
		for (const t of this.stream.getTracks()) t.stop();
	}

	/** A camera that has no small picture of its own is asked to scale. */
	async #shrink(): Promise<void> {
		if ((this.track.getSettings().width ?? 0) <= 800) return;
		const scaled = { ...this.#constraints, ...{ resizeMode: "crop-and-scale" } };
		try {
			await this.track.applyConstraints(scaled);
			this.#constraints = scaled;
		} catch {
			// The large picture is taken as well.
		}
	}
}

function recall(): string {
	try {
		return localStorage.getItem(remembered) ?? "";
	} catch {
		return "";
	}
}

function troubleOf(cause: unknown): CameraError {
	if (cause instanceof CameraError) return cause;
	switch (cause instanceof DOMException ? cause.name : "") {
		case "NotAllowedError":
		case "SecurityError":
			return new CameraError("denied");
		case "NotReadableError":
		case "AbortError":
			return new CameraError("in_use");
		case "OverconstrainedError":
			return new CameraError("slow_camera");
		default:
			return new CameraError("no_camera");
	}
}
