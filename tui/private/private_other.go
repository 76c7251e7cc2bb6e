//go:build !unix

package private

import "io/fs"

const nonblock = 0

// owner is not known on Windows: there only an administrator, or a user with a
// privilege of its own, can make a symbolic link.
func owner(fs.FileInfo) (uid int, known bool) { return 0, false }
