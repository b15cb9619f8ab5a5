#!/usr/bin/perl
# An application with SCGI.pm, for tests/real.sh: app.pl port
use strict;
use warnings;
use Digest::SHA;
use IO::Socket;
use SCGI;

$SIG{PIPE} = 'IGNORE';
my $socket = IO::Socket::INET->new(Listen => 5,
    LocalAddr => "127.0.0.1:$ARGV[0]", ReuseAddr => 1) or die $!;
$| = 1;
print "ready\n";
my $scgi = SCGI->new($socket, blocking => 1);
while (my $request = $scgi->accept) {
    $request->read_env;
    my $env = $request->env;
    my ($left, $size, $sum) = ($env->{CONTENT_LENGTH}, 0,
        Digest::SHA->new(256));
    while ($left > 0) {
        my $n = read $request->connection, my $piece,
            $left < 65536 ? $left : 65536;
        last unless $n;
        $left -= $n;
        $size += $n;
        $sum->add($piece);
    }
    print {$request->connection}
        "Status: 200 OK\nContent-Type: text/plain\n\n",
        "Hello, ", $env->{PATH_INFO}, "\n",
        "method $env->{REQUEST_METHOD}\n", "body $size ", $sum->hexdigest,
        "\n";
    $request->close;
}
