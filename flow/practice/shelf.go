package practice

// A shelf keeps the newest values under their keys: one more than it has room
// for, and the oldest is forgotten. A server that runs for weeks stays small.
type shelf[V any] struct {
	room   int
	values map[string]V
	order  []string // oldest first; a key that was taken away may still be in it
}

func newShelf[V any](room int) shelf[V] { return shelf[V]{room: room, values: make(map[string]V)} }

func (s *shelf[V]) put(key string, v V) {
	s.values[key] = v
	s.order = append(s.order, key)
	if len(s.order) > s.room {
		delete(s.values, s.order[0])
		s.order = s.order[1:]
	}
}

func (s *shelf[V]) get(key string) (V, bool) {
	v, ok := s.values[key]
	return v, ok
}

func (s *shelf[V]) remove(key string) { delete(s.values, key) }
