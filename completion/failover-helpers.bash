# failover-helpers.bash - what may follow on the command line of a program: by its own --help, which is made from
# the table that the program reads its arguments with.

# _fo_help PROGRAM: sets `verbs`, `options`, and of each option its `argument` and the verbs that it `goes_with`, if it
# has one, and does not go with each.
_fo_help() {
	local line word part='' takers='' head='^Options( of (.+))?:$'
	local verb='^  ([a-z|-]+)( [A-Z]+)*  ' option='^ {2,6}((-[A-Za-z]), )?(--[a-z-]+)( ([^ ]+))?  '
	while IFS= read -r line; do
		if [[ $line =~ $head ]]; then
			part=options takers=${BASH_REMATCH[2]//[,|]/ }
		elif [[ -z $part && $line =~ $verb ]]; then
			for word in ${BASH_REMATCH[1]//|/ }; do
				verbs+=("$word")
			done
		elif [[ -n $part && $line =~ $option ]]; then
			for word in ${BASH_REMATCH[2]} "${BASH_REMATCH[3]}"; do
				options+=("$word")
				argument[$word]=${BASH_REMATCH[5]} goes_with[$word]=$takers
			done
		fi
	done < <("$1" --help 2>/dev/null)
}

# _fo_words WORD CANDIDATE...: offers those that begin with WORD. Not compgen -W, which expands what it is given.
_fo_words() {
	local candidate
	for candidate in "${@:2}"; do
		[[ $candidate != "$1"* ]] || COMPREPLY+=("$candidate")
	done
}

# _fo_argument KIND WORD: what an argument can be that --help calls so, such as FILE or dhcp|ADDR.
_fo_argument() {
	local kind found
	for kind in ${1//|/ }; do
		case $kind in
		FILE | DIRECTORY)
			[[ $kind = FILE ]] && kind=-f || kind=-d
			mapfile -t found < <(compgen "$kind" -- "$2")
			COMPREPLY+=("${found[@]}")
			compopt -o filenames 2>/dev/null
			;;
		HOST)
			mapfile -t found < <(compgen -A hostname -- "$2")
			COMPREPLY+=("${found[@]}")
			;;
		IFACE)
			# Its name may have characters that mean something to a shell.
			for found in /sys/class/net/*/; do
				found=${found%/}
				_fo_words "$2" "$(printf %q "${found##*/}")"
			done
			;;
		*[A-Z]*) ;;
		[a-z]*) _fo_words "$2" "$kind" ;;
		esac
	done
}

# bash(1), Programmable Completion: the program and the word. It takes `=` for a word of its own.
_fo() {
	local word i next name operand='' verb='' ended='' current=${2#=}
	local -a verbs=() options=()
	local -A argument=() goes_with=()
	COMPREPLY=()
	# That of PATH: one that lies in the folder may be anybody's.
	_fo_help "${1##*/}"
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ -n $ended || $word != -?* ]]; then
			[[ -n $operand || " ${verbs[*]} " != *" $word "* ]] || verb=$word
			operand=yes
			continue
		fi
		[[ $word != -- ]] || ended=yes
		[[ ! $word =~ ^-[A-Za-z]+$ ]] || word=-${word: -1} # -nc FILE
		[[ -n ${argument[$word]-} ]] || continue
		next=$((i + 1))
		[[ ${COMP_WORDS[next]} != = || next -eq COMP_CWORD ]] || ((next++))
		if ((next == COMP_CWORD)); then
			_fo_argument "${argument[$word]}" "$current"
			return
		fi
		i=$next
	done
	if [[ -n $ended || $current != -* ]]; then
		[[ -n $operand ]] || _fo_words "$current" "${verbs[@]}"
		return
	fi
	for name in "${options[@]}"; do
		[[ -n $verb && -n ${goes_with[$name]} && " ${goes_with[$name]} " != *" $verb "* ]] ||
			_fo_words "$current" "$name"
	done
}

complete -F _fo fo-alert fo-check-ftth fo-keepalive fo-route fo-setup fo-speedclass fo-status fo-watch
