// The client's clock: Unix milliseconds with fractions, which never jumps
// while the page lives.

export function now(): number {
	return performance.timeOrigin + performance.now();
}

/** unix puts a time stamp of requestAnimationFrame on the same axis. */
export function unix(stamp: number): number {
	return performance.timeOrigin + stamp;
}

export function pause(ms: number): Promise<void> {
	return new Promise((done) => setTimeout(done, ms));
}

/** frame resolves with the time stamp of the next frame. */
export function frame(): Promise<number> {
	return new Promise((done) => requestAnimationFrame(done));
}

/**
 * refresh measures the time between two frames of the display, in
 * milliseconds. A page that is not drawn gets no frames: after a second it
 * answers what 60 Hz would be.
 */
export async function refresh(frames = 24): Promise<number> {
	const gaps: number[] = [];
	const late = pause(1000).then(() => undefined);
	let last = await Promise.race([frame(), late]);
	while (last !== undefined && gaps.length < frames) {
		const next = await Promise.race([frame(), late]);
		if (next === undefined) break;
		if (next > last) gaps.push(next - last);
		last = next;
	}
	gaps.sort((a, b) => a - b);
	const median = gaps[gaps.length >> 1];
	return median !== undefined && gaps.length >= 8 ? Math.min(100, Math.max(4, median)) : 1000 / 60;
}
