package record

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"time"

	"example.com/grantwalk/diagnose"
	"example.com/grantwalk/diagnose/safe"
)

// whyNone says why no response came from u, through the proxy if one is named; got is how
// many bytes of it had come. The words are not cleaned yet.
func whyNone(err error, u *url.URL, proxy string, got int, timeout time.Duration) error {
	host, dialed := u.Host, u.Host
	if proxy != "" {
		host, dialed = host+" through the proxy "+proxy, "the proxy "+proxy+" (from the environment)"
	}
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		if got > 0 {
			return fmt.Errorf("%s began to respond (%d bytes) but did not finish within %s", host, got, diagnose.Duration(timeout))
		}
		return fmt.Errorf("%s did not respond within %s", host, diagnose.Duration(timeout))
	case errors.As(err, &dns):
		return fmt.Errorf("the name %s could not be resolved: %s", dns.Name, safe.Quote(dns.Err, 100))
	case errors.Is(err, connRefused):
		return fmt.Errorf("%s refuses the connection: nothing listens there", dialed)
	case errors.As(err, &cert):
		return fmt.Errorf("the certificate of %s is not trusted: %s", host, safe.Quote(cert.Err.Error(), 300))
	case errors.As(err, &record):
		return fmt.Errorf("%s does not speak TLS on this port", host)
	case errors.Is(err, connBroken), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the connection to %s broke off after %d bytes of the response", host, got)
	}
	return fmt.Errorf("no response from %s: %s", host, safe.Quote(err.Error(), 300))
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
