package gloss

// verdicts are by outcome, as JSON has it.
var verdicts = map[string]string{
	"tokens":         "Tokens received: the flow works.",
	"refused":        "The server refused",
	"denied":         "Access was denied",
	"state_mismatch": "A response came, but not to this request",
	"no_answer":      "No response came",
	"interrupted":    "The walk was ended",
}

// Verdict is the result of a walk, in a few words.
func Verdict(outcome string) string { return verdicts[outcome] }

// twists are by the result of a twist, as JSON has it; the twist's name follows.
var twists = map[string]string{
	"accepted":   "Finding: the server accepted the twist ",
	"rejected":   "Rejected twist: ",
	"not_played": "Twist that was not played: ",
}

// Twist is the heading of what became of a twist.
func Twist(result, cause string) string { return twists[result] + cause }
