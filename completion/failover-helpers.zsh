#compdef fo-alert fo-check-ftth fo-keepalive fo-route fo-setup fo-speedclass fo-status fo-watch
# What may follow on the command line of a program: by its own --help, which is made from the table that the program
# reads its arguments with.

# What an argument can be that --help calls so, such as FILE or dhcp|ADDR: an action of _arguments.
_fo_action() {
	case $1 in
	*FILE) REPLY=_files ;;
	DIRECTORY) REPLY='_files -/' ;;
	IFACE) REPLY=_net_interfaces ;;
	*'|'*) REPLY="(${${(s:|:)1}:#*[A-Z]*})" ;;
	*) REPLY=' ' ;;
	esac
}

_fo-programs() {
	local line letter long kind text REPLY
	local -a specs verbs
	for line in ${(f)"$(_call_program options $service --help)"}; do
		if [[ $line =~ '^ {2,6}(-([A-Za-z]), )?(--[a-z-]+)( ([^ ]+))?  +(.+)$' ]]; then
			letter=${match[2]:+-$match[2]} long=$match[3] kind=$match[5]
			text=${match[6]//(#m)[\[\]:\\]/\\$MATCH}
			if [[ -n $kind ]]; then
				_fo_action $kind
				[[ -z $letter ]] || specs+=("($letter $long)${letter}[$text]:$kind:$REPLY")
				specs+=("($letter $long)${long}=[$text]:$kind:$REPLY")
			else
				[[ -z $letter ]] || specs+=("($letter $long)${letter}[$text]")
				specs+=("($letter $long)${long}[$text]")
			fi
		elif [[ $#specs -eq 0 && $line =~ '^  ([a-z|]+)( [A-Z]+)*  +(.+)$' ]]; then
			text=$match[3]
			for long in ${(s:|:)match[1]}; do
				verbs+=("$long:$text")
			done
		fi
	done
	_arguments -s $specs "1: :{ (( $#verbs )) && _describe verb verbs }"
}

_fo-programs "$@"
