package plain

import (
	"strings"
	"testing"
	"time"
)

// ticks is what progress prints in ten minutes.
func ticks(live bool) string {
	var out strings.Builder
	p := progress{out: &out, live: live}
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	p.begin("waiting for the browser", start)
	for s := range 601 {
		p.tick(start.Add(time.Duration(s) * time.Second))
	}
	p.clear()
	return out.String()
}

func TestOnATerminalTheTimeWaitedIsOneLineThatIsWrittenAnew(t *testing.T) {
	got := ticks(true)
	if strings.Contains(got, "\n") || strings.Count(got, "waiting for the browser, ") != 600 {
		t.Errorf("%d lines, %d updates", strings.Count(got, "\n"), strings.Count(got, "waiting"))
	}
	if !strings.HasSuffix(got, "\r\x1b[K") {
		t.Error("the line is left behind")
	}
}

func TestInALogTheTimeWaitedIsToldEverMoreSeldom(t *testing.T) {
	got := ticks(false)
	want := "10 s|30 s|1 min 30 s|2 min 30 s|3 min 30 s|4 min 30 s|5 min 30 s|6 min 30 s|7 min 30 s|8 min 30 s|9 min 30 s"
	var times []string
	for line := range strings.Lines(got) {
		times = append(times, strings.TrimPrefix(strings.TrimSpace(line), "waiting for the browser, "))
	}
	if told := strings.Join(times, "|"); told != want {
		t.Errorf("told at %s, want %s", told, want)
	}
}
