package background

import "testing"

func TestAResponseTellsLightFromDark(t *testing.T) {
	for response, want := range map[string]Background{
		"11;rgb:ffff/ffff/ffff":       Light,
		"11;rgb:fdfd/f6f6/e3e3":       Light, // Solarized light
		"11;rgb:0000/2b2b/3636":       Dark,  // Solarized dark
		"11;rgb:1e/1e/1e":             Dark,
		"11;rgb:f/f/f":                Light,
		"11;rgba:0000/0000/0000/cccc": Dark,
		"11;rgb:ffff/ffff":            Unknown,
		"11;rgb:ffff/ffff/fffff":      Unknown,
		"11;rgb:/ffff/ffff":           Unknown,
		"10;rgb:ffff/ffff/ffff":       Unknown,
		"11;?":                        Unknown,
		"":                            Unknown,
	} {
		if got := FromResponse(response); got != want {
			t.Errorf("%q: %v, want %v", response, got, want)
		}
	}
}

func TestTheVariableTellsLightFromDark(t *testing.T) {
	for value, want := range map[string]Background{
		"0;15": Light, "15;0": Dark, "0;default;15": Light, "12;8": Dark, "0;7": Light,
		"": Unknown, "15": Unknown, "0;default": Unknown, "0;-1": Unknown, "0;99": Unknown,
	} {
		if got := FromVariable(value); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
