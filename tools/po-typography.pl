#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# po-typography.pl [--set] FILE.fr.po... - French texts are set as French is: U+202F before ; ! ?, U+00A0 before
# : and inside « », ’ for the apostrophe, no straight quotes in a sentence, U+2212 for minus. Prints each text
# that is not, and fails; with --set, puts right the spaces, apostrophes and points that the keyboard gave.
#
# What is typed or read by a machine keeps its own writing: options, addresses, examples of files between
# quotes, formats.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

my ($thin, $fixed) = ("\x{202f}", "\x{a0}");
my $wrong = 0;
my $sets = @ARGV && $ARGV[0] eq "--set" && shift @ARGV;

sub set_text {
	my ($s) = @_;
	$s =~ s/[ $fixed](?=[;!?](\s|\\n|$|[^[:alnum:]]))/$thin/g;
	$s =~ s/[ $thin](?=:(\s|\\n|$))/$fixed/g;
	$s =~ s/« /«$fixed/g;
	$s =~ s/ »/$fixed»/g;
	$s =~ s/(?<=[[:alpha:]])'(?=[[:alpha:]])/\x{2019}/g;
	$s =~ s/(?<=\d|%d) (?=%)/$thin/g;
	$s =~ s/(?<=[[:alpha:]])\.\.\.(?=[\s$fixed]|$)/\x{2026}/g;
	$s =~ s/\\"([^"\\]*)\\"/«$fixed$1$fixed»/g;
	return $s;
}

# Lines of a French text, in one file; indented ones show what to type.
sub set_file {
	my ($file) = @_;
	open my $in, "<", $file or die "$file: $!\n";
	my ($is_text, $new, $old) = (0, "", "");
	while (my $line = <$in>) {
		$old .= $line;
		$is_text = 1 if $line =~ /^msgstr/;
		$is_text = 0 if $line =~ /^msgid/ || $line =~ /^#/;
		$line =~ s/^((?:msgstr(?:\[\d\])? )?")(.*)("\n)$/$1 . set_text($2) . $3/e
			if $is_text && $line !~ /Project-Id|Content-T|Plural-Forms|MIME|Language|POT-|PO-|Last-T|^(msgstr |msgstr\[\d\] )?" /;
		$new .= $line;
	}
	close $in;
	return if $new eq $old;
	open my $out, ">", $file or die "$file: $!\n";
	print $out $new;
	close $out or die "$file: $!\n";
}

sub faults {
	my ($s) = @_;
	my @faults;
	# Backslashes of the file; then what is not prose.
	$s =~ s/\\n/\n/g;
	$s =~ s/\\"/"/g;
	$s =~ s{https?://\S+|smtps?://\S+|postgresql://\S+|sqlite:\S*}{}g;
	$s =~ s/^[ \t].*$//mg;		# an indented line shows what to type
	$s =~ s/--[a-z][-a-z]*(=\S+)?//g;	# an option
	push @faults, "a space before ; ! or ?" if $s =~ / [;!?]/ || $s =~ /\x{a0}[;!?]/;
	push @faults, "no U+202F before ; ! or ?" if $s =~ /[[:alpha:])»][;!?](\s|$)/;
	push @faults, "a space before :" if $s =~ / :(\s|$)/ || $s =~ /$thin:/;
	push @faults, "no U+00A0 before :" if $s =~ /[[:alpha:])»]:( |$)/;
	push @faults, "no U+00A0 inside « »" if $s =~ /«[^\x{a0}]|[^\x{a0}]»/;
	push @faults, "a straight apostrophe" if $s =~ /[[:alpha:]]'[[:alpha:]]/;
	push @faults, "a straight quote" if $s =~ /"/;
	push @faults, "a hyphen for minus" if $s =~ /(^|[\s(])-\d/;
	push @faults, "three points for …" if $s =~ /[[:alpha:]]\.\.\.(\s|$)/;
	return @faults;
}

if ($sets) {
	set_file($_) for @ARGV;
}
for my $file (@ARGV) {
	open my $in, "<", $file or die "$file: $!\n";
	local $/ = "";
	while (my $entry = <$in>) {
		next if $entry =~ /^#~/m;
		while ($entry =~ /^msgstr(?:\[\d\])? ((?:".*"\n?)+)/mg) {
			my $text = join "", map { /^"(.*)"$/ ? $1 : () } split /\n/, $1;
			next if $text =~ /^Project-Id-Version|^Content-Type|^Language:|Plural-Forms/;
			for my $fault (faults($text)) {
				print "$file: $fault: $text\n";
				$wrong++;
			}
		}
	}
}
exit($wrong > 0);
