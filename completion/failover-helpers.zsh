#compdef fo-alert fo-check-ftth fo-keepalive fo-route fo-setup fo-speedclass fo-status fo-watch
# What may follow on the command line of a program: by its own --help, which is made from the table that the program
# reads its arguments with.

# What an argument can be that --help calls so, such as FILE or dhcp|ADDR: an action of _arguments.
_fo_action() {
	case $1 in
	*FILE) REPLY=_files ;;
	DIRECTORY) REPLY='_files -/' ;;
	HOST) REPLY=_hosts ;;
	IFACE) REPLY=_net_interfaces ;;
	*'|'*) REPLY="(${${(s:|:)1}:#*[A-Z]*})" ;;
	*) REPLY=' ' ;;
	esac
}

# _fo_help PROGRAM: sets `verbs` (word:text) and `options` (specs of _arguments), of each option by its place in the
# latter `goes_with`, the verbs that it goes with, and by its name `argument`.
_fo_help() {
	local line letter long kind text word REPLY part takers='  '
	local -a match mbegin mend
	for line in ${(f)"$(_call_program options $1 --help 2>/dev/null)"}; do
		if [[ $line =~ '^Options( of (.+))?:$' ]]; then
			part=options takers=" ${match[2]//[,|]/ } "
		elif [[ -z $part && $line =~ '^  ([a-z|-]+)( [A-Z]+)*  +(.+)$' ]]; then
			for word in ${(s:|:)match[1]}; do
				verbs+=("$word:$match[3]")
			done
		elif [[ -n $part && $line =~ '^ {2,6}((-[A-Za-z]), )?(--[a-z-]+)( ([^ ]+))?  +(.+)$' ]]; then
			letter=$match[2] long=$match[3] kind=$match[5] text="[${match[6]//(#m)[\[\]:\\]/\\$MATCH}]"
			if [[ -n $kind ]]; then
				_fo_action $kind
				text+=":$kind:$REPLY"
			fi
			for word in $letter $long; do
				argument[$word]=$kind
				goes_with+=("$takers")
				# The argument may be in the same word.
				if [[ -n $kind ]]; then
					[[ $word == --* ]] && word+='=' || word+='+'
				fi
				options+=("($letter $long)$word$text")
			done
		fi
	done
}

_fo-programs() {
	local verb
	local -i i
	local -a verbs options goes_with specs
	local -A argument
	_fo_help $service
	for ((i = 2; i < CURRENT; i++)); do
		[[ -z $argument[$words[i-1]] && -n ${verbs[(r)${(b)words[i]}:*]} ]] || continue
		verb=$words[i]
		break
	done
	for ((i = 1; i <= $#options; i++)); do
		[[ -n $verb && $goes_with[i] != '  ' && $goes_with[i] != *" $verb "* ]] || specs+=("$options[i]")
	done
	_arguments -s -S : $specs "1: :{ (( $#verbs )) && _describe verb verbs }"
}

_fo-programs "$@"
