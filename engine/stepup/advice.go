package stepup

// reasonIdentity is liveness's reason when somebody else was lit than is
// matched.
const reasonIdentity = "identity_break"

// advice is what a customer is told after a capture that could not be judged:
// what the first of its reasons, in liveness's words, lets the customer mend.
func advice(reasons []string) string {
	for _, r := range reasons {
		switch r {
		case "several_faces":
			return "There is more than one face. Please make sure only you are in the picture."
		case "too_far", "low_response", "shape_inconclusive":
			return "Please come closer to the screen, and turn away from the window or lamp."
		case "too_bright", "bright_ambient":
			return "There is too much light. Please turn away from the window or lamp."
		case "face_out_of_frame":
			return "Your face is cut off. Please move to the middle."
		case "turned_away":
			return "Please turn your face to the camera."
		case "motion", "track_lost":
			return "Please hold still and look straight ahead while the screen changes colour."
		case "low_bitrate", "frame_rate":
			return "The camera's pictures came too slowly. Please try again."
		case "display_unstable":
			return "The screen did not show all colours in time. Please try again."
		}
	}
	return "We could not see enough. Please come closer, hold still, and try again."
}
