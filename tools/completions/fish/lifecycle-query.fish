# SPDX-License-Identifier: Apache-2.0
# fish completion for lifecycle-query(1); that of lifecycle-ctl(8) takes it from here. The program itself knows best.

function __lifecycle_tool
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] $current 2>/dev/null)
        switch $line
            case :file
                __fish_complete_path $current
            case :directory
                __fish_complete_directories $current ''
            case '*'
                echo $line
        end
    end
end

complete -c lifecycle-query -f -a '(__lifecycle_tool)'
