// The link to the daemon: the camera goes out, messages come and go.

import type { Camera } from "./camera";
import { now, pause } from "./clock";
import { type Published, publish, withdraw } from "./whip";
import { channelLabel, type FromDaemon, longest, read, type ToDaemon } from "./wire";

export type LinkTrouble = "link_lost" | "protocol";

/** The most bits a second that are sent: what the codec leaves out is missing where it is measured. */
const finest = 4_000_000;

/** How long the daemon may say nothing, milliseconds. */
const silence = 8000;

/** How long the daemon has to take note that the session is over, milliseconds. */
const goodbye = 1000;

export interface Listener {
	/** Each message but the pings, which are answered here. */
	heard(message: FromDaemon): void;
	/** Once, when the link ends without close. */
	lost(trouble: LinkTrouble): void;
}

export class Link {
	readonly #peer = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
	readonly #channel = this.#peer.createDataChannel(channelLabel, { ordered: true });
	readonly #sender: RTCRtpSender;
	readonly #token: string;
	readonly #listener: Listener;
	#published: Published | undefined;
	#heard = 0;
	#pings = 0;
	#pulse: ReturnType<typeof setInterval> | undefined;
	#ended = false;
	readonly #leave = (): void => this.close();

	private constructor(camera: Camera, token: string, listener: Listener) {
		this.#token = token;
		this.#listener = listener;
		const transceiver = this.#peer.addTransceiver(camera.track, {
			direction: "sendonly",
			streams: [camera.stream],
			sendEncodings: [{ maxBitrate: finest, priority: "high", networkPriority: "high" }],
		});
		this.#sender = transceiver.sender;
		preferVP8(transceiver);
	}

	/** open resolves when the channel is open; it fails with a WhipError, or with the signal's reason. */
	static async open(
		whipUrl: string,
		token: string,
		camera: Camera,
		listener: Listener,
		signal: AbortSignal,
	): Promise<Link> {
		const link = new Link(camera, token, listener);
		try {
			await link.#connect(whipUrl, signal);
		} catch (cause) {
			link.close();
			throw cause;
		}
		return link;
	}

	send(message: ToDaemon): void {
		const text = JSON.stringify(message);
		if (this.#channel.readyState === "open" && text.length <= longest) this.#channel.send(text);
	}

	/** use sends another camera's picture. */
	async use(camera: Camera): Promise<void> {
		await this.#sender.replaceTrack(camera.track);
	}

	close(): void {
		if (this.#ended) return;
		this.#ended = true;
		clearInterval(this.#pulse);
		window.removeEventListener("pagehide", this.#leave);
		const gone = this.#published && withdraw(this.#published.location, this.#token);
		// The daemon is told before the connection goes, or it would look for a session that has vanished.
		void Promise.race([gone, pause(goodbye)]).then(() => this.#peer.close());
	}

	async #connect(whipUrl: string, signal: AbortSignal): Promise<void> {
		const opened = new Promise<void>((yes, no) => {
			this.#channel.onopen = () => yes();
			signal.addEventListener("abort", () => no(signal.reason));
		});
		opened.catch(() => {});
		this.#channel.onmessage = (e) => this.#hear(e.data);
		this.#channel.onclose = () => this.#lose("link_lost");
		this.#peer.onconnectionstatechange = () => {
			if (this.#peer.connectionState === "failed") this.#lose("link_lost");
		};

		// Without this Firefox begins at a quarter of the picture and Chromium falls back to it.
		await this.#keepResolution();
		await this.#peer.setLocalDescription(await this.#peer.createOffer());
		// The daemon learns our address from the first packet: there is nothing to gather first.
		this.#published = await publish(whipUrl, this.#token, this.#peer.localDescription?.sdp ?? "", signal);
		window.addEventListener("pagehide", this.#leave);
		await this.#peer.setRemoteDescription({ type: "answer", sdp: this.#published.answer });
		await this.#keepResolution();
		await opened;
		this.#heard = now();
		this.#pulse = setInterval(() => this.#beat(), 2000);
	}

	async #keepResolution(): Promise<void> {
		const p = this.#sender.getParameters();
		try {
			await this.#sender.setParameters({ ...p, degradationPreference: "maintain-resolution" } as RTCRtpSendParameters);
		} catch {
			// A browser that knows no such wish sends what it sends; the daemon looks at the size.
		}
	}

	#beat(): void {
		if (now() - this.#heard > silence) this.#lose("link_lost");
		else this.send({ type: "ping", n: this.#pings++, at: now() });
	}

	#hear(data: unknown): void {
		const at = now();
		const message = read(data);
		this.#heard = at;
		if (!message) this.#lose("protocol");
		else if (message.type === "ping") this.send({ type: "pong", n: message.n, at: message.at, now: at });
		else if (message.type !== "pong") this.#listener.heard(message);
	}

	#lose(trouble: LinkTrouble): void {
		if (this.#ended) return;
		this.close();
		this.#listener.lost(trouble);
	}
}

/** preferVP8 offers VP8 and the means to repair it, and nothing else. */
function preferVP8(transceiver: RTCRtpTransceiver): void {
	const codecs = RTCRtpSender.getCapabilities?.("video")?.codecs ?? [];
	const kept = codecs.filter((c) => /^video\/(vp8|rtx)$/i.test(c.mimeType));
	if (!kept.some((c) => /vp8/i.test(c.mimeType))) return;
	try {
		transceiver.setCodecPreferences?.(kept);
	} catch {
		// Everything is offered then, and the daemon chooses VP8.
	}
}
