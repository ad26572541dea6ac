// A camera for tests and screenshots: a canvas with a person drawn on it.
// window.cameras says how many there are; window.camera.stop() unplugs it.
(() => {
	const real = navigator.mediaDevices;
	if (!real) return;
	const camera = { refuse: "", asked: [], constraints: [], settings: {}, capabilities: {}, count: 1, track: null };
	window.camera = camera;

	function draw(context, photo, t) {
		const { width: w, height: h } = context.canvas;
		if (photo?.complete && photo.naturalWidth) {
			const scale = Math.max(w / photo.naturalWidth, h / photo.naturalHeight);
			const [pw, ph] = [photo.naturalWidth * scale, photo.naturalHeight * scale];
			context.drawImage(photo, (w - pw) / 2, (h - ph) / 2, pw, ph);
		} else {
			context.fillStyle = "#b9c4cf";
			context.fillRect(0, 0, w, h);
			context.fillStyle = "#5b6b7c";
			context.beginPath();
			context.ellipse(w / 2, h * 1.12, w * 0.3, h * 0.38, 0, 0, 7);
			context.fill();
			context.fillStyle = "#d9a883";
			context.beginPath();
			context.ellipse(w / 2, h * 0.46, h * 0.24, h * 0.31, 0, 0, 7);
			context.fill();
			context.fillStyle = "#4b3328";
			for (const x of [-0.08, 0.08]) context.fillRect(w / 2 + x * h - 5, h * 0.42, 10, 10);
			context.fillRect(w / 2 - 30, h * 0.6, 60, 6);
		}
		context.fillStyle = t % 2 ? "#000" : "#fff";
		context.fillRect(0, h - 4, 4, 4);
	}

	function open() {
		const canvas = document.createElement("canvas");
		[canvas.width, canvas.height] = [640, 480];
		const context = canvas.getContext("2d");
		let photo;
		if (window.cameraPhoto) {
			photo = new Image();
			photo.src = window.cameraPhoto;
		}
		let t = 0;
		draw(context, photo, t);
		// Each picture as it is drawn: a rate makes Firefox look by a clock of its own, which misses some.
		const stream = canvas.captureStream();
		const track = stream.getVideoTracks()[0];
		const timer = setInterval(() => {
			if (track.readyState === "ended") clearInterval(timer);
			else draw(context, photo, ++t);
		}, 33);
		camera.track = track;
		camera.stop = () => {
			clearInterval(timer);
			track.stop();
			track.dispatchEvent(new Event("ended"));
		};
		const settings = track.getSettings.bind(track);
		track.getSettings = () => ({ ...settings(), deviceId: camera.chosen ?? "cam1", ...camera.settings });
		track.getCapabilities = () => ({ ...camera.capabilities });
		track.applyConstraints = async (c) => {
			camera.constraints.push(c);
			Object.assign(camera.settings, c.advanced?.[0]);
		};
		Object.defineProperty(track, "label", { get: () => "Test camera" });
		return stream;
	}

	real.getUserMedia = async (constraints) => {
		camera.asked.push(constraints);
		if (camera.wait) await new Promise(() => {});
		const slow = camera.slow && (constraints.video.frameRate?.min ?? 0) > camera.slow;
		if (slow) throw new DOMException("", "OverconstrainedError");
		if (camera.refuse) throw new DOMException("", camera.refuse);
		camera.chosen = constraints.video.deviceId?.ideal ?? "cam1";
		return open();
	};
	real.enumerateDevices = async () =>
		Array.from({ length: camera.count }, (_, i) => ({
			kind: "videoinput",
			deviceId: `cam${i + 1}`,
			groupId: "g",
			label: i === 0 ? "Integrated camera (front)" : "USB camera",
		}));
})();
